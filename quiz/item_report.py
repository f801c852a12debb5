"""The figures of a test from the walks through it. Plain data in, plain data out; the admin and the about page show it.

    {"walks": int, "needed": int, "curves_needed": int,
     "axes": {"egen": {"value", "low", "high"} | None, "teto": ...},
     "questions": [{"id", "answers": [{"id", "percent"}, ...], "seconds", "shown", "left", "left_percent",
                    "axes": {"egen": {"item_total", "discrimination", "misfit"}, "teto": ...},
                    "weaknesses": [Weakness, ...]}, ...]}

While walks are needed, `axes` and `questions` are empty; while curves' walks are, discrimination and misfit are None.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np

from quiz.graded_response import ItemCurve, fit_graded_response
from quiz.psychometrics import Scores, cronbach_alpha, item_total_correlations
from quiz.scoring import whole_percents
from quiz.verdicts import weaknesses
from quiz.walks import Walk

AXES = ("egen", "teto")
# At 200 walks the interval of a usual alpha is 0.12 wide. Curves have four parameters a question and want more.
ENOUGH_WALKS = 200
ENOUGH_FOR_CURVES = 500


@dataclass(frozen=True)
class Item:
    """A question as it is asked now: what each of its answers adds to (egen, teto)."""

    id: int
    answers: Mapping[int, tuple[int, int]]


def build_report(items: Sequence[Item], walks: Sequence[Walk]) -> dict[str, Any]:
    """Count everything. Only walks that answered all of today's questions with today's answers tell how they measure;
    where people leave is counted over all walks.
    """
    whole = [walk for walk in walks if all(walk.answers.get(item.id) in item.answers for item in items)]
    report: dict[str, Any] = {
        "walks": len(whole),
        "needed": max(0, ENOUGH_WALKS - len(whole)),
        "curves_needed": max(0, ENOUGH_FOR_CURVES - len(whole)),
        "axes": {},
        "questions": [],
    }
    if report["needed"] or not items:
        return report
    questions = [_chosen(item, whole) | _drop_off(item, walks) | {"axes": {}} for item in items]
    for axis in AXES:
        scores = axis_scores(items, whole, axis)
        alpha = cronbach_alpha(scores)
        report["axes"][axis] = alpha and {name: round(figure, 3) for name, figure in asdict(alpha).items()}
        curves = [None] * len(items) if report["curves_needed"] else fit_graded_response(scores)
        for question, correlation, curve in zip(questions, item_total_correlations(scores), curves, strict=True):
            question["axes"][axis] = _measures(correlation, curve)
    usual = {name: median(question[name] for question in questions) for name in ("seconds", "left_percent")}
    for question in questions:
        question["weaknesses"] = weaknesses(question, usual)
    return report | {"questions": questions}


def _chosen(item: Item, walks: Sequence[Walk]) -> dict[str, Any]:
    """How often each answer was chosen, and how long that took."""
    counts = Counter(walk.answers[item.id] for walk in walks)
    percents = whole_percents([counts[answer] for answer in item.answers])
    return {
        "id": item.id,
        "answers": [{"id": answer, "percent": share} for answer, share in zip(item.answers, percents, strict=True)],
        "seconds": round(median(walk.seconds[item.id] for walk in walks), 1),
    }


def _drop_off(item: Item, walks: Sequence[Walk]) -> dict[str, Any]:
    """How many were shown the question and went no further."""
    left = sum(walk.left_at == item.id for walk in walks)
    shown = left + sum(item.id in walk.answers for walk in walks)
    return {"shown": shown, "left": left, "left_percent": round(100 * left / shown, 1)}


def axis_scores(items: Sequence[Item], walks: Sequence[Walk], axis: str) -> Scores:
    """What each walk's answers are worth on this axis, [walks, questions]."""
    place = AXES.index(axis)
    return np.array([[item.answers[walk.answers[item.id]][place] for item in items] for walk in walks], dtype=float)


def _measures(correlation: float | None, curve: ItemCurve | None) -> dict[str, float | None]:
    return {
        "item_total": None if correlation is None else round(correlation, 3),
        "discrimination": round(curve.discrimination, 2) if curve else None,
        "misfit": round(curve.misfit, 3) if curve else None,
    }
