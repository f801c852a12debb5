"""Whether two groups differ by more than chance, and how many people it would take to tell. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import atanh, ceil

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from quiz.verdicts import CHANCE_BELOW

POWER = 0.8
# Chi-square is trusted where chance alone would bring this many into every cell (Cochran 1954).
LEAST_EXPECTED = 5
# A difference that more people than this are needed for is none that matters here.
MOST_TAKERS = 100_000
SMALLEST_P = 1e-12


@dataclass(frozen=True)
class Difference:
    """How likely chance alone brings this much, and how many takers of both it would take to tell it from chance.

    That many find it in four trials of five, if it is as large as it looks now; None where it looks like nothing.
    """

    p: float
    takers_needed: int | None


def of_counts(table: Sequence[Sequence[int]]) -> Difference | None:
    """Pearson's chi-square of two rows of counts; for two columns that is the test of two proportions.

    Columns that are too rare for it are put together. None where one column is left: nothing differs.
    """
    counts = _without_rare_columns(np.array(table, dtype=float))
    if counts.shape[1] < 2:
        return None
    found = stats.chi2_contingency(counts, correction=False)
    return _difference(float(found.statistic), int(found.dof), int(counts.sum()))


def of_correlations(sides: Sequence[tuple[float | None, int]]) -> Difference | None:
    """Fisher's test of two (correlation, people); None where either has none."""
    (first, people), (second, others) = sides
    if first is None or second is None or min(people, others) < 4 or max(abs(first), abs(second)) >= 1:
        return None
    statistic = (atanh(first) - atanh(second)) ** 2 / (1 / (people - 3) + 1 / (others - 3))
    return _difference(statistic, 1, people + others)


def of_times(sides: Sequence[Sequence[float]]) -> Difference | None:
    """Mann and Whitney's test, which one forgotten tab does not move; None where everybody took as long."""
    first, second = sides
    if len({*first, *second}) < 2:
        return None
    p = max(float(stats.mannwhitneyu(first, second, method="asymptotic").pvalue), SMALLEST_P)
    return _difference(float(stats.chi2.isf(p, 1)), 1, len(first) + len(second))


def _difference(statistic: float, degrees: int, takers: int) -> Difference:
    """A true difference makes the statistic grow with the takers."""
    p = max(float(stats.chi2.sf(statistic, degrees)), SMALLEST_P)
    needed = takers * _statistic_wanted(degrees) / statistic if statistic else np.inf
    return Difference(p, ceil(needed) if needed <= MOST_TAKERS else None)


@cache
def _statistic_wanted(degrees: int) -> float:
    """How large a statistic a true difference must bring on average to be told apart as often as POWER says."""
    critical = stats.chi2.isf(CHANCE_BELOW, degrees)
    return float(brentq(lambda average: stats.ncx2.sf(critical, degrees, average) - POWER, 1e-6, 200))


def _without_rare_columns(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same people with the rarest columns added up until chi-square can be trusted; empty ones go."""
    columns = sorted(counts[:, counts.sum(axis=0) > 0].T, key=sum)
    smaller_row = counts.sum(axis=1).min() / counts.sum()
    while len(columns) > 1 and sum(columns[0]) * smaller_row < LEAST_EXPECTED:
        columns = sorted([columns[0] + columns[1], *columns[2:]], key=sum)
    return np.array(columns).T
