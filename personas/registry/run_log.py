"""A run's events as lines that an operator reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from personas.registry.models import RunEvent
from personas.registry.shown_words import figure, figure_name, stage_name


@dataclass(frozen=True)
class LogLine:
    """When, and what. `figures` is text such as `손실 0.61 · 보상 차이 0.02`."""

    at: datetime
    text: str
    figures: str


def log_lines(events: Iterable[RunEvent]) -> Iterator[LogLine]:
    """One line an event, in their order."""
    for event in events:
        figures = [f"{figure_name(name)} {figure(value)}" for name, value in event.figures.items()]
        yield LogLine(event.at, event.text or _where(event), " · ".join(figures))


def _where(event: RunEvent) -> str:
    stage = stage_name(event.stage)
    return f"{stage} {event.step}/{event.steps}" if event.step else stage
