"""How a Korean reply is written, apart from what it says: length, ㅋ and ㅠ and ~, emoji, 반말 or 존댓말.

A vote may be won by such marks alone. The ratings measure what they are worth and take it off.
"""

import re
from dataclasses import dataclass

NAMES = ("length", "laughter", "tears", "tilde", "emoji", "polite")

_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_MARKS = {
    "laughter": re.compile("[ㅋㅎ]"),
    "tears": re.compile("[ㅠㅜ]"),
    "tilde": re.compile("[~～]"),
    "emoji": _EMOJI,
}
_SENTENCE_END = re.compile(r"[.!?…~～ㅋㅎㅠㅜ\n]+")
_SAID = re.compile(r"[가-힣a-zA-Z0-9]")
# 해요체, 합쇼체, and their questions. "-요" alone also ends a few plain words, which hardly ever end a sentence.
_POLITE = re.compile(r"(요|죠|니다|니까|시오|세요)$")


@dataclass(frozen=True)
class Style:
    """Characters, marks per hundred characters, and the share (0 to 1) of sentences that are polite."""

    length: float
    laughter: float
    tears: float
    tilde: float
    emoji: float
    polite: float


def style_of(text: str) -> Style:
    """The style of one reply. An empty one has none of anything."""
    length = len(text.strip())
    per_hundred = {name: 100 * len(mark.findall(text)) / max(length, 1) for name, mark in _MARKS.items()}
    return Style(length=float(length), polite=_polite_share(text), **per_hundred)


def style_difference(ours: Style, theirs: Style) -> list[float]:
    """By how much our reply has more of each, from -1 to 1, in the order of NAMES.

    Relative, as (a - b) / (a + b): ten more characters are much beside twenty and nothing beside five hundred.
    """
    relative = [_relative(getattr(ours, name), getattr(theirs, name)) for name in NAMES[:-1]]
    return [*relative, ours.polite - theirs.polite]


def _relative(ours: float, theirs: float) -> float:
    return (ours - theirs) / (ours + theirs) if ours + theirs else 0.0


def _polite_share(text: str) -> float:
    sentences = [_without_noise(sentence) for sentence in _SENTENCE_END.split(text)]
    spoken = [sentence for sentence in sentences if sentence]
    return sum(bool(_POLITE.search(sentence)) for sentence in spoken) / len(spoken) if spoken else 0.0


def _without_noise(sentence: str) -> str:
    """The sentence up to its last letter or digit."""
    end = next((at for at in range(len(sentence), 0, -1) if _SAID.match(sentence[at - 1])), 0)
    return sentence[:end]
