"""What is to be done about a message before any model is asked: the one place that decides it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from moderation import Danger, danger_of, is_sexual
from personas.care.models import Care
from personas.care.selectors import care_of, has_care_lapsed
from personas.care.yes_and_no import is_bare, is_no, is_yes


@dataclass(frozen=True)
class Step:
    """An answer that people wrote is to be given: for this kind, person and time (moderation/answers/README.md)."""

    kind: str
    who: str = "self"
    acute: str = ""
    begins: bool = False  # the visitor is in care from here on
    ends: bool = False  # no longer


STAY = Step("still_in_care")
SAFE = Step("said_safe", ends=True)
NOT_YET = Step("said_not_safe")
DAY_PASSED = Step("day_passed", ends=True)
SEXUAL, UNDER_AGE = Step("sexual"), Step("underage")


def step_for(*, visitor_id: uuid.UUID, text: str, before: Sequence[str] = ()) -> Step | None:
    """What this message needs, read with what its visitor said before it (oldest first); None where a model may answer.

    Whoever is in care hears no model about anything.
    """
    danger, care = danger_of(text, before), care_of(visitor_id=visitor_id)
    if care is not None and care.acute == "ask" and (danger is None or danger.acute == "ask" or is_bare(text)):
        return _answered(care, text)
    if danger is not None:
        return _for(danger, text)
    if care is not None:
        return STAY
    if is_sexual(text):
        return SEXUAL
    return DAY_PASSED if has_care_lapsed(visitor_id=visitor_id) else None


def _for(danger: Danger, text: str) -> Step:
    if danger.kind == "minors" and danger.who == "other" and is_sexual(text):
        return UNDER_AGE  # asked for, not told of
    return Step(danger.kind, danger.who, danger.acute, begins=True)


def _answered(care: Care, text: str) -> Step:
    """After a question: a no ends it, a yes says how serious it is."""
    if is_no(text):
        return SAFE
    return Step(care.kind, care.who, "thoughts", begins=True) if is_yes(text) else STAY
