"""The figures of a trial from the walks through it. Plain data in, plain data out; loads scipy, so no page imports it.

    {"takers": [int, int], "needed": int,
     "wordings": [{"shown": int, "answers": [{"id", **interval}, ...],
                   "egen": interval | None, "teto": interval | None, "seconds": interval, "left": interval}, {...}],
     "differences": {"answers": {"p": float, "takers_needed": int | None} | None,
                     "egen": ..., "teto": ..., "seconds": ..., "left": ...}}

An interval is {"value", "low", "high"}, of 95 %. Takers are who answered the question; while more are needed,
`wordings` and `differences` are empty.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from scipy import stats

from quiz.item_report import AXES, Item, axis_scores
from quiz.psychometrics import CONFIDENCE, item_total_correlations
from quiz.trials.differences import Difference, of_correlations, of_counts, of_times
from quiz.walks import Walk

# Of each wording. With fewer, intervals are so wide that their figures only mislead.
ENOUGH_TAKERS = 50

Interval = dict[str, float]
Walks = Sequence[Walk]


def build_trial_report(question_id: int, items: Sequence[Item], by_wording: tuple[Walks, Walks]) -> dict[str, Any]:
    """Count what came of each wording of this question, one of `items`, and how far the two differ."""
    place = [item.id for item in items].index(question_id)
    sides = [_Side(place, items, walks) for walks in by_wording]
    takers = [len(side.times) for side in sides]
    needed = sum(max(0, ENOUGH_TAKERS - count) for count in takers)
    report: dict[str, Any] = {"takers": takers, "needed": needed, "wordings": [], "differences": {}}
    if needed:
        return report
    differences = {
        "answers": of_counts([side.answer_counts for side in sides]),
        **{axis: of_correlations([side.item_total(axis) for side in sides]) for axis in AXES},
        "seconds": of_times([side.times for side in sides]),
        "left": of_counts([[side.left, side.shown - side.left] for side in sides]),
    }
    return report | {
        "wordings": [side.figures() for side in sides],
        "differences": {name: _plain(difference) for name, difference in differences.items()},
    }


class _Side:
    """One wording and the walks that were given it."""

    def __init__(self, place: int, items: Sequence[Item], walks: Walks) -> None:
        self.place, self.items, self.item = place, items, items[place]
        answered = [walk for walk in walks if walk.answers.get(self.item.id) in self.item.answers]
        # Only who answered all of today's questions has a total to correlate with.
        self.whole = [walk for walk in answered if all(walk.answers.get(item.id) in item.answers for item in items)]
        counts = Counter(walk.answers[self.item.id] for walk in answered)
        self.answer_counts = [counts[answer] for answer in self.item.answers]
        self.times = [walk.seconds[self.item.id] for walk in answered]
        self.left = sum(walk.left_at == self.item.id for walk in walks)
        self.shown = self.left + len(answered)

    def item_total(self, axis: str) -> tuple[float | None, int]:
        """The correlation with the sum of the other questions, and of how many people."""
        if not self.whole:
            return None, 0
        return item_total_correlations(axis_scores(self.items, self.whole, axis))[self.place], len(self.whole)

    def figures(self) -> dict[str, Any]:
        """All that the page shows of this wording."""
        taken = sum(self.answer_counts)
        shares = zip(self.item.answers, self.answer_counts, strict=True)
        return {
            "shown": self.shown,
            "answers": [{"id": answer, **_share(count, taken)} for answer, count in shares],
            **{axis: _correlation(*self.item_total(axis)) for axis in AXES},
            "seconds": _median(self.times),
            "left": _share(self.left, self.shown),
        }


def _share(count: int, of: int) -> Interval:
    """A share with Wilson's interval, which holds near 0 and 1 too."""
    interval = stats.binomtest(count, of).proportion_ci(CONFIDENCE, method="wilson")
    return _interval(count / of, interval.low, interval.high)


def _median(times: Sequence[float]) -> Interval:
    """The median with the interval that its order statistics give, whatever the shape of the times."""
    interval = stats.quantile_test(times, p=0.5).confidence_interval(CONFIDENCE)
    return _interval(float(np.median(times)), interval.low, interval.high)


def _correlation(value: float | None, people: int) -> Interval | None:
    """A correlation with Fisher's interval; None without one, and for fewer than four people."""
    if value is None or people < 4 or abs(value) >= 1:
        return None
    reach = stats.norm.isf((1 - CONFIDENCE) / 2) / np.sqrt(people - 3)
    return _interval(value, np.tanh(np.arctanh(value) - reach), np.tanh(np.arctanh(value) + reach))


def _interval(value: float, low: float, high: float) -> Interval:
    return {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def _plain(difference: Difference | None) -> dict[str, Any] | None:
    return asdict(difference) if difference else None
