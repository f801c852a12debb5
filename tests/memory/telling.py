"""Messages, and what the site then says it knows."""

from datetime import date

from personas.memory.facts import Fact
from personas.memory.finding import facts_told

SATURDAY = date(2026, 11, 28)


def told(*messages: str, today: date = SATURDAY) -> list[tuple[str, str]]:
    """What is known after these messages, as (kind, words): `("name", "지민")`."""
    return [(fact.kind.value, fact.said(today)) for fact in facts(*messages, today=today)]


def facts(*messages: str, today: date = SATURDAY) -> list[Fact]:
    return facts_told(messages, today)
