"""Sexual words: refused in character wherever they are asked for, and never spoken about or with somebody under age."""

import re
from collections.abc import Sequence

from moderation import words
from moderation.folding import folded
from moderation.spelling import meant_by

_SEXUAL, _CHILD, _UNDER_AGE = (re.compile(pattern) for pattern in (words.SEXUAL, words.CHILD, words.UNDER_AGE))
_AGE = re.compile(
    rf"{words.CHILD}|[중초고][1-6](?=[인이야임여남])|(스물|열)?(한|두|세|네|다섯|여섯|일곱|여덟|아홉)살|\d+살"
)
REMEMBERED = 10  # messages: who has said that they are under age still is


def without_age(text: str) -> str:
    """A folded message without what it says of anybody's age."""
    return _AGE.sub("", text)


def is_sexual(text: str) -> bool:
    """Whether the message asks for sexual words."""
    return any(_SEXUAL.search(reading) for reading in meant_by(text))


def is_sexual_about_minors(text: str, before: Sequence[str] = ()) -> bool:
    """Whether it does so about a child, or its writer has said that they are under age."""
    spoken = meant_by(text)
    if not any(_SEXUAL.search(reading) for reading in spoken):
        return False
    said = [*spoken, *(reading for earlier in before[-REMEMBERED:] for reading in meant_by(earlier))]
    return any(_CHILD.search(reading) for reading in (*spoken, folded(text))) or any(
        _UNDER_AGE.search(reading) for reading in said
    )
