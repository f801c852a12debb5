"""How well two people go together, from their places between egen and teto. Pure: no database, no request."""

from bisect import bisect_right
from fractions import Fraction

from quiz.scoring import Kind

# The middle of each kind's band, in percent egen, from teto to egen; beyond the outer ones nothing changes.
_ANCHORS = (16, 39, 50, 61, 84)
# What two people at these places score. Opposites who still hear each other do best, the two far ends clash, and two
# who lean a little the same way wait for each other to begin: as the tests' own words have it (`best_match`).
_SCORES = (
    (70, 74, 63, 95, 42),
    (74, 52, 82, 84, 95),
    (63, 82, 96, 82, 63),
    (95, 84, 82, 52, 74),
    (42, 95, 63, 74, 70),
)

PAIRS = [(first, second) for place, first in enumerate(Kind) for second in list(Kind)[place:]]


def compatibility(egen_percent: int, other_egen_percent: int) -> int:
    """How well the two match, 0 to 100.

    Between the table's places the score is a mixture of its neighbours, so a percent more or less never makes a leap
    at the border of two kinds. Whose percentage comes first makes no difference, nor does calling egen teto.
    """
    score = Fraction(0)
    for row, weight in _weights(egen_percent):
        for column, other_weight in _weights(other_egen_percent):
            score += weight * other_weight * _SCORES[row][column]
    return round(score)


def _weights(percent: int) -> list[tuple[int, Fraction]]:
    """The anchors around this percentage with their shares in it; fractions, since rounding would depend on order."""
    inside = min(max(percent, _ANCHORS[0]), _ANCHORS[-1])
    left = min(bisect_right(_ANCHORS, inside), len(_ANCHORS) - 1) - 1
    share = Fraction(inside - _ANCHORS[left], _ANCHORS[left + 1] - _ANCHORS[left])
    return [(left, 1 - share), (left + 1, share)]


def in_order(first: Kind, second: Kind) -> tuple[Kind, Kind]:
    """The two as the tests' words about pairs name them: the one nearer to egen first."""
    kinds = list(Kind)
    return (first, second) if kinds.index(first) <= kinds.index(second) else (second, first)
