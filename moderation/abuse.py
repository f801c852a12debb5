"""Words that are meant to hurt somebody: insults at a person, and threats."""

from moderation import words
from moderation.spelling import meant_by, pieces


def is_abuse(message: str) -> bool:
    """Whether the message insults or threatens somebody, however it is spelt. Linear in its length."""
    return any(_holds(piece) for reading in meant_by(message) for piece in pieces(reading))


def _holds(text: str) -> bool:
    return any(not words.TOLD_OF.match(text, found.end()) for found in words.ABUSE.finditer(text))
