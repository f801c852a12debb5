"""A run's steps as small line charts: loss, reward margin, reward accuracy. Plain arithmetic: the page draws them.

The horizontal axis is the whole training, so that a chart fills up as the run goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from personas.registry.models import RunEvent
from personas.registry.shown_words import figure, figure_name

WIDTH, HEIGHT = 300, 90

# What is drawn: the figure's name in the events, and its fixed range where it has one.
DRAWN: dict[str, tuple[float, float] | None] = {"loss": None, "reward_margin": None, "reward_accuracy": (0.0, 1.0)}


@dataclass(frozen=True)
class Chart:
    """One figure over the steps. `points` is what an SVG polyline takes; the texts label the axes' ends."""

    name: str
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
        if event.step and any(key in event.figures for key in DRAWN):
            stages.setdefault(event.stage, []).append(event)
    return [chart for stage, steps in stages.items() for chart in _charts_of_stage(stage, steps, len(stages) > 1)]


def _charts_of_stage(stage: str, steps: list[RunEvent], is_named: bool) -> list[Chart]:
    charts = []
    for key, bounds in DRAWN.items():
        values = {event.step: event.figures[key] for event in steps if key in event.figures}
        if values:
            name = figure_name(key)
            title = f"{name} ({stage.upper()})" if is_named else name
            charts.append(_chart(title, values, max(event.steps or 0 for event in steps), bounds))
    return charts


def _chart(name: str, values: dict[int | None, float], steps: int, bounds: tuple[float, float] | None) -> Chart:
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
