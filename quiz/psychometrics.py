"""How well the questions of a test measure one thing together. Pure functions on figures: no database, no request.

`scores` is what people's answers are worth on one axis, [people, questions]. numpy and scipy are here and in
`graded_response.py` alone, which the web process never imports.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

Scores = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha, with the interval that holds the true one in 95 samples of 100."""

    value: float
    low: float
    high: float


def cronbach_alpha(scores: Scores) -> Alpha | None:
    """The share of the total's variance that the questions have in common, with Feldt's interval (1965).

    1 where all questions rank people alike, 0 where they have nothing in common, below 0 where they contradict each
    other. None for fewer than two people or questions, and where everybody has the same total.
    """
    people, questions = scores.shape
    if people < 2 or questions < 2:
        return None
    total_variance = scores.sum(axis=1).var(ddof=1)
    if total_variance == 0:
        return None
    value = questions / (questions - 1) * (1 - scores.var(axis=0, ddof=1).sum() / total_variance)
    degrees = people - 1, (people - 1) * (questions - 1)
    tail = (1 - CONFIDENCE) / 2
    low, high = (1 - (1 - value) * fdtri(*degrees, quantile) for quantile in (1 - tail, tail))
    return Alpha(float(value), float(low), float(high))


def item_total_correlations(scores: Scores) -> list[float | None]:
    """Pearson's correlation of each question with the sum of the others (the question itself would flatter it).

    None where everybody has the same score on the question, or on the sum of the others.
    """
    rests = scores.sum(axis=1, keepdims=True) - scores
    return [_correlation(item, rest) for item, rest in zip(scores.T, rests.T, strict=True)]


def _correlation(first: Scores, second: Scores) -> float | None:
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
