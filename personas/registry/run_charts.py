"""A run's steps as small line charts: loss, reward margin, reward accuracy. Plain arithmetic: the page draws them.

The horizontal axis is the whole training, so that a chart fills up as the run goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from personas.registry.gate_report import figure
from personas.registry.models import RunEvent

WIDTH, HEIGHT = 300, 90

# What is drawn: the figure's name in the events, what it is called, and its fixed range where it has one.
DRAWN: tuple[tuple[str, str | Promise, tuple[float, float] | None], ...] = (
    ("loss", _("손실"), None),
    ("reward_margin", _("보상 차이"), None),
    ("reward_accuracy", _("보상 정확도"), (0.0, 1.0)),
)


@dataclass(frozen=True)
class Chart:
    """One figure over the steps. `points` is what an SVG polyline takes; the texts label the axes' ends."""

    name: str | Promise
    last: str
    low: str
    high: str
    points: str
    last_x: float
    last_y: float
    steps: int


def charts_of(events: Iterable[RunEvent]) -> list[Chart]:
    """A chart for every drawn figure that the events carry, and stage by stage: each counts its steps from one."""
    stages: dict[str, list[RunEvent]] = {}
    for event in events:
        if event.step and any(key in event.figures for key, _name, _bounds in DRAWN):
            stages.setdefault(event.stage, []).append(event)
    return [chart for stage, steps in stages.items() for chart in _charts_of_stage(stage, steps, len(stages) > 1)]


def _charts_of_stage(stage: str, steps: list[RunEvent], is_named: bool) -> list[Chart]:
    charts = []
    for key, name, bounds in DRAWN:
        values = {event.step: event.figures[key] for event in steps if key in event.figures}
        if values:
            title = f"{name} ({stage.upper()})" if is_named else name
            charts.append(_chart(title, values, max(event.steps or 0 for event in steps), bounds))
    return charts


def _chart(
    name: str | Promise, values: dict[int | None, float], steps: int, bounds: tuple[float, float] | None
) -> Chart:
    """`values` by step: a step that was made again after a resumption counts once, as it went the last time."""
    line = sorted((step or 0, value) for step, value in values.items())
    steps = max(steps, line[-1][0])
    low, high = bounds or (min(values.values()), max(values.values()))
    height = (high - low) or 1.0
    places = [(round(WIDTH * step / steps, 1), round(HEIGHT * (1 - (value - low) / height), 1)) for step, value in line]
    return Chart(
        name=name,
        last=figure(float(line[-1][1])),
        low=figure(float(low)),
        high=figure(float(high)),
        points=" ".join(f"{x},{y}" for x, y in places),
        last_x=places[-1][0],
        last_y=places[-1][1],
        steps=steps,
    )
