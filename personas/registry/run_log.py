"""A run's events as lines that an operator reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from personas.registry.gate_report import figure
from personas.registry.models import RunEvent


@dataclass(frozen=True)
class LogLine:
    """When, and what. `figures` is text such as `loss 0.61 · reward_margin 0.02`."""

    at: datetime
    text: str
    figures: str


def log_lines(events: Iterable[RunEvent]) -> Iterator[LogLine]:
    """One line an event, in their order."""
    for event in events:
        figures = [f"{name} {figure(value)}" for name, value in event.figures.items()]
        yield LogLine(event.at, event.text or _where(event), " · ".join(figures))


def _where(event: RunEvent) -> str:
    return f"{event.stage} {event.step}/{event.steps}" if event.step else event.stage
