"""An item report in words and rows, for the admin and for the about page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from quiz.models import ItemReport, Question
from quiz.verdicts import Reliability, Weakness

AXIS_NAMES = {"egen": _("에겐"), "teto": _("테토")}


@dataclass(frozen=True)
class AxisLine:
    """Alpha of one axis as text, with its place on a ruler from 0 to 100 and what it promises."""

    axis: str
    name: str
    alpha: str
    interval: str
    place: int
    interval_start: int
    interval_length: int
    verdict: str


def axis_lines(report: ItemReport) -> list[AxisLine]:
    """A line for each axis that has an alpha; none while walks are needed."""
    return [_axis_line(axis, alpha) for axis, alpha in report.figures["axes"].items() if alpha]


def _axis_line(axis: str, alpha: Mapping[str, float]) -> AxisLine:
    start, place, end = (max(0, round(100 * alpha[name])) for name in ("low", "value", "high"))
    return AxisLine(
        axis=axis,
        name=AXIS_NAMES[axis],
        alpha=figure(alpha["value"]),
        interval=f"{figure(alpha['low'])}–{figure(alpha['high'])}",
        place=place,
        interval_start=start,
        interval_length=end - start,
        verdict=Reliability.of(alpha["low"]).label,
    )


def question_rows(report: ItemReport) -> list[dict[str, Any]]:
    """A row for each question, in the order of the test, with the words that people saw."""
    rows = report.figures["questions"]
    questions = Question.objects.prefetch_related("answers").in_bulk([row["id"] for row in rows])
    return [_question_row(questions[row["id"]], row) for row in rows if row["id"] in questions]


def _question_row(question: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    texts = {answer.pk: answer.text for answer in question.answers.all()}
    return {
        "question": question,
        "answers": [{"text": texts.get(answer["id"], "–"), "percent": answer["percent"]} for answer in row["answers"]],
        "axes": [_measures(axis, measures) for axis, measures in row["axes"].items()],
        "seconds": row["seconds"],
        "left": row["left"],
        "shown": row["shown"],
        "left_percent": row["left_percent"],
        "advice": [Weakness(weakness).label for weakness in row["weaknesses"]],
    }


def _measures(axis: str, measures: Mapping[str, float | None]) -> dict[str, Any]:
    correlation = measures["item_total"]
    return {
        "axis": axis,
        "name": AXIS_NAMES[axis],
        "item_total": figure(correlation),
        "place": max(0, round(100 * (correlation or 0))),
        "discrimination": figure(measures["discrimination"]),
        "misfit": figure(measures["misfit"]),
    }


def figure(value: float | None) -> str:
    """A figure with two digits behind the point; a dash where there is none."""
    return "–" if value is None else f"{value:.2f}"
