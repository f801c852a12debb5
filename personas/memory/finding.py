"""What a message tells about its visitor. Patterns alone: what is found can be read in the files beside this one."""

from collections.abc import Iterable
from datetime import date

from moderation import danger_of, is_sexual
from personas.memory.clauses import clauses_of
from personas.memory.facts import Change, Erased, Fact, changed
from personas.memory.forgetting import forgetting_in
from personas.memory.likings import likings_in
from personas.memory.names import names_in
from personas.memory.pets import pets_in
from personas.memory.plans import plans_in
from personas.memory.work_and_home import work_and_home_in


def changes_in(message: str, today: date) -> list[Change]:
    """What the message tells, takes back or wants forgotten. Of a message of danger nothing is kept.

    Linear in the message's length, which the chat bounds.
    """
    clauses = list(clauses_of(message))
    found = [
        *forgetting_in(clauses),
        *names_in(clauses),
        *pets_in(clauses),
        *plans_in(clauses, today),
        *likings_in(clauses),
        *work_and_home_in(clauses),
    ]
    if found and (danger_of(message) or is_sexual(message)):
        return [change for change in found if isinstance(change, Erased)]  # to be forgotten may be asked at any time
    return found


def facts_told(messages: Iterable[str], today: date) -> list[Fact]:
    """What is known after these messages of one visitor, oldest first. Keeps nothing: for talks outside the site."""
    known: list[Fact] = []
    for message in messages:
        known = changed(known, changes_in(message, today), today)
    return known
