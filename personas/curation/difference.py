"""What two replies say differently, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

# Replies with less in common than this are two texts, not two wordings: marking nearly all of both helps nobody.
LEAST_IN_COMMON = 0.25
# Comparing grows with the cube of it at worst. A reply of 160 tokens has some 200.
MOST_WORDS = 400


class Piece(NamedTuple):
    """A stretch of a text; `only_here` where the other text has nothing like it."""

    text: str
    only_here: bool


def differences(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces. Joined, the pieces of each are that text again. Long texts are not compared."""
    words, others = _words(one), _words(other)
    if max(len(words), len(others)) > MOST_WORDS:
        return [Piece(one, False)], [Piece(other, False)]
    steps = SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
    shared = sum(len("".join(words[start:end]).split()) for step, start, end, _, _ in steps if step == "equal")
    if 2 * shared < LEAST_IN_COMMON * (len(one.split()) + len(other.split())):
        return [Piece(one, False)], [Piece(other, False)]
    return (
        list(_pieces(words, [(start, end, step) for step, start, end, _, _ in steps])),
        list(_pieces(others, [(start, end, step) for step, _, _, start, end in steps])),
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\S+", text)


def _pieces(words: list[str], stretches: list[tuple[int, int, str]]) -> Iterator[Piece]:
    for start, end, step in stretches:
        if start < end:
            text = "".join(words[start:end])
            yield Piece(text, only_here=step != "equal" and bool(text.strip()))
