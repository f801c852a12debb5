"""Which danger a message holds, if any."""

import re
from typing import Literal

from moderation import words
from moderation.spelling import readings

Danger = Literal["self_harm", "minors", "abuse"]

# In this order: who is in despair is heard, however they say it.
_PATTERNS: dict[Danger, re.Pattern[str]] = {
    "self_harm": words.SELF_HARM,
    "minors": words.MINORS,
    "abuse": words.ABUSE,
}


def danger_in(message: str) -> Danger | None:
    """`self_harm`, `minors`, `abuse`, or None where the model may answer."""
    texts = readings(message)
    return next((kind for kind in _PATTERNS if any(_holds(kind, text) for text in texts)), None)


def _holds(kind: Danger, text: str) -> bool:
    found = _PATTERNS[kind].finditer(text)
    return any(kind != "abuse" or not words.TOLD_OF.match(text, match.end()) for match in found)
