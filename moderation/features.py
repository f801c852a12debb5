"""A folded message as pieces: one to four letters as they stand, and three to five of the jamo they are written with.

Korean hides a word behind its spelling (죽고, 주꼬, 쥭고); the strokes stay alike. Blanks play no part: folding took
them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat
from math import sqrt
from operator import add

from moderation.folding import jamo_of

START, END = "^", "$"  # folding leaves neither in a text
SYLLABLES = (1, 2, 3, 4)  # lengths of the pieces of the text
STROKES = (3, 4, 5)  # of the same text in jamo, where a piece begins with this mark:
STROKE_MARK = "'"

Weights = Mapping[str, float]


def pieces_of(text: str) -> list[str]:
    """Every piece of a folded text, as often as it stands there."""
    marked, strokes = START + text + END, START + "".join(map(jamo_of, text)) + END
    found = [marked[at : at + size] for size in SYLLABLES for at in range(len(marked) - size + 1)]
    return found + [STROKE_MARK + strokes[at : at + size] for size in STROKES for at in range(len(strokes) - size + 1)]


@dataclass(frozen=True)
class Split:
    """The weights of pieces of text and of strokes apart, so that none has to be marked to be found."""

    syllables: dict[str, float]
    strokes: dict[str, float]

    @classmethod
    def of(cls, weights: Weights) -> "Split":
        """The same weights, parted by the mark."""
        strokes = {piece[1:]: weight for piece, weight in weights.items() if piece[0] == STROKE_MARK}
        return cls({piece: weight for piece, weight in weights.items() if piece[0] != STROKE_MARK}, strokes)


def weigh(text: str, weights: Split) -> float:
    """The sum over all pieces of a folded text, by the root of their number."""
    marked = START + text + END
    sum_of_text, pieces = _sum(marked, SYLLABLES, weights.syllables)
    sum_of_strokes, strokes = _sum("".join(map(jamo_of, marked)), STROKES, weights.strokes)
    return (sum_of_text + sum_of_strokes) / sqrt(max(pieces + strokes, 1))


def _sum(text: str, sizes: tuple[int, ...], weights: dict[str, float]) -> tuple[float, int]:
    """What the pieces weigh together, and how many they are."""
    total, number, pieces = 0.0, 0, list(text)
    for size in range(1, max(sizes) + 1):
        # Whole lists in C, not a loop: this runs for every message before it is answered.
        pieces = list(map(add, pieces, text[size - 1 :])) if size > 1 else pieces
        if size in sizes:
            total += sum(map(weights.get, pieces, repeat(0.0)))  # type: ignore[arg-type]
            number += len(pieces)
    return total, number
