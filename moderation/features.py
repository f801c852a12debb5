"""A folded message as pieces: one to four letters as they stand, and three to five of the jamo they are written with.

Korean hides a word behind its spelling (죽고, 주꼬, 쥭고); the strokes stay alike. Blanks play no part: folding took
them. Long texts are read in blocks, so that one sentence of danger counts in the middle of a long tale.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, repeat
from math import sqrt
from operator import add

from moderation.folding import jamo_of

START, END = "^", "$"  # folding leaves neither in a text
SYLLABLES = (1, 2, 3, 4)  # lengths of the pieces of the text
STROKES = (3, 4, 5)  # of the same text in jamo, where a piece begins with this mark:
STROKE_MARK = "'"
BLOCK = 16  # letters
WINDOWS = (1, 2, 4)  # blocks that are read as one

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
    return next(_windows(text, weights, [len(text) + 2]))[0]


def heaviest(text: str, weights: Split) -> tuple[float, str]:
    """The heaviest part of a long text, of a short one the whole: what it weighs, and which part it is."""
    ends = [*range(BLOCK, len(text) + 2 - BLOCK // 2, BLOCK), len(text) + 2]
    weight, start, end = max(_windows(text, weights, ends))
    return weight, text[max(start - 1, 0) : end]


def _windows(text: str, weights: Split, ends: list[int]) -> Iterator[tuple[float, int, int]]:
    """What every run of so many blocks weighs, and the whole; with where it begins and ends in the marked text."""
    marked = START + text + END
    strokes = [jamo_of(letter) for letter in marked]
    borders = [0, *accumulate(map(len, strokes))]
    sums = _add(
        _sums(marked, SYLLABLES, weights.syllables, ends),
        _sums("".join(strokes), STROKES, weights.strokes, [borders[end] for end in ends]),
    )
    before, starts = [(0.0, 0), *sums], [0, *ends]
    for size in {*WINDOWS, len(sums)}:
        for at in range(len(sums) - size + 1):
            (low, fewer), (high, more) = before[at], before[at + size]
            yield (high - low) / sqrt(max(more - fewer, 1)), starts[at], starts[at + size]


def _add(one: list[tuple[float, int]], other: list[tuple[float, int]]) -> list[tuple[float, int]]:
    return [(a + b, n + m) for (a, n), (b, m) in zip(one, other, strict=True)]


def _sums(text: str, sizes: tuple[int, ...], weights: dict[str, float], ends: list[int]) -> list[tuple[float, int]]:
    """For each end: the weight, and the number, of all pieces that begin before it."""
    totals, numbers = [0.0] * len(ends), [0] * len(ends)
    pieces = list(text)
    for size in range(1, max(sizes) + 1):
        # Whole lists in C, not a loop: this runs for every message before it is answered.
        pieces = list(map(add, pieces, text[size - 1 :])) if size > 1 else pieces
        if size not in sizes:
            continue
        sums = [0.0, *accumulate(map(weights.get, pieces, repeat(0.0)))]
        begun = [min(end, len(sums) - 1) for end in ends]
        totals = [total + sums[at] for total, at in zip(totals, begun, strict=True)]
        numbers = [number + at for number, at in zip(numbers, begun, strict=True)]
    return list(zip(totals, numbers, strict=True))
