"""A trial of wordings in words and rows: what each wording brought, and whether that can be told from chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from quiz.models import WordingTrial
from quiz.report_rows import AXIS_NAMES, figure
from quiz.verdicts import Comparison

Interval = Mapping[str, float]


@dataclass(frozen=True)
class Bar:
    """A figure of one wording as text, with its place on a bar from 0 to 100."""

    text: str
    interval: str
    place: int
    start: int
    length: int


Line = tuple[str, Bar | None, Bar | None]


@dataclass(frozen=True)
class Row:
    """One thing that is measured of both wordings: a line for it, or one for each answer with the answer's text."""

    name: str
    lines: list[Line]
    verdict: str
    p: str
    takers_needed: int | None
    is_told_apart: bool


@dataclass(frozen=True)
class TrialView:
    """A trial as the admin shows it."""

    trial: WordingTrial
    rows: list[Row]
    takers: list[int]
    needed: int
    is_due: bool

    @property
    def wordings(self) -> list[dict[str, Any]]:
        """Scene, text and takers of the first and the second."""
        trial, question = self.trial, self.trial.question
        first = trial.first or {"scene": question.scene, "text": question.text}
        second = {"scene": trial.scene, "text": trial.text}
        names = (_("첫째 문구"), _("둘째 문구"))
        return [
            {"name": name, "takers": takers, **words}
            for name, takers, words in zip(names, self.takers, (first, second), strict=True)
        ]

    @property
    def missing(self) -> int:
        """How many more takers the plan asks for."""
        return max(0, self.trial.planned_takers - sum(self.takers))


def trial_view(trial: WordingTrial) -> TrialView:
    """What came of a trial so far; no rows while too few have answered, or nothing was counted yet."""
    figures = trial.figures
    takers = figures.get("takers", [0, 0])
    is_due = sum(takers) >= trial.planned_takers
    rows = _rows(trial, is_due) if figures.get("wordings") else []
    return TrialView(trial, rows, takers, figures.get("needed", 0), is_due)


def _rows(trial: WordingTrial, is_due: bool) -> list[Row]:
    differences = trial.figures["differences"]
    return [_row(name, lines, differences[key], is_due) for key, name, lines in _measured(trial)]


def _measured(trial: WordingTrial) -> list[tuple[str, str, list[Line]]]:
    """(key, name, lines) of everything that is measured."""
    texts = dict(trial.question.answers.values_list("pk", "text"))
    first, second = trial.figures["wordings"]
    answers: list[Line] = [
        (texts.get(one["id"], "–"), _percent(one), _percent(other))
        for one, other in zip(first["answers"], second["answers"], strict=True)
    ]
    correlations: list[tuple[str, str, list[Line]]] = [
        (axis, f"{_('문항-총점 상관')} · {name}", [("", _correlation(first[axis]), _correlation(second[axis]))])
        for axis, name in AXIS_NAMES.items()
    ]
    return [
        ("answers", _("답의 비율"), answers),
        *correlations,
        ("seconds", _("시간"), [("", _seconds(first["seconds"]), _seconds(second["seconds"]))]),
        ("left", _("이탈"), [("", _percent(first["left"]), _percent(second["left"]))]),
    ]


def _row(name: str, lines: list[Line], difference: Mapping[str, Any] | None, is_due: bool) -> Row:
    verdict = Comparison.of(difference["p"] if difference else None, is_due)
    return Row(
        name=name,
        lines=lines,
        verdict=verdict.label,
        p=_probability(difference["p"]) if difference and is_due else "",
        takers_needed=_roughly(difference["takers_needed"]) if difference and verdict == Comparison.CHANCE else None,
        is_told_apart=verdict == Comparison.TOLD_APART,
    )


def _roughly(people: int | None) -> int | None:
    """Rounded up to two digits: an estimate of an estimate says no more."""
    if people is None:
        return None
    step = 10 ** max(0, len(str(people)) - 2)
    return -(-people // step) * step


def _probability(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _percent(share: Interval) -> Bar:
    value, low, high = (100 * share[name] for name in ("value", "low", "high"))
    return _bar(f"{value:.0f}%", f"{low:.0f}–{high:.0f}%", value, low, high)


def _correlation(correlation: Interval | None) -> Bar | None:
    if correlation is None:
        return None
    value, low, high = (correlation[name] for name in ("value", "low", "high"))
    return _bar(figure(value), f"{figure(low)}–{figure(high)}", 100 * value, 100 * low, 100 * high)


def _seconds(seconds: Interval) -> Bar:
    value, low, high = (seconds[name] for name in ("value", "low", "high"))
    # A bar's end is 20 seconds: most questions take five.
    text = _("{seconds}초").format(seconds=f"{value:.1f}")
    return _bar(text, f"{low:.1f}–{high:.1f}", 5 * value, 5 * low, 5 * high)


def _bar(text: str, interval: str, value: float, low: float, high: float) -> Bar:
    place, start, end = (round(min(100, max(0, at))) for at in (value, low, high))
    return Bar(text, interval, place, start, end - start)
