"""Who runs next. Decides and keeps count; computes nothing."""

from dataclasses import dataclass

from inference_worker.engine.fair_queue import FairQueue
from inference_worker.engine.sequence import Sequence


@dataclass(frozen=True)
class Prefill:
    """Run a newcomer's prompt, in the first free row."""

    sequence: Sequence
    row: int


@dataclass(frozen=True)
class Decode:
    """Make the next token of every running reply. A sequence's index is its row."""

    sequences: tuple[Sequence, ...]


class Scheduler:
    """Newcomers in a fair order, and every running reply at every decode step.

    The index in `running` is the row in the cache: rows are kept together at the front, so that a step works on plain
    slices. While replies run, there is a decode step after every prefill, so a crowd of newcomers cannot silence them.
    """

    def __init__(self, max_streams: int, max_waiting: int) -> None:
        self.waiting = FairQueue(max_waiting)
        self.running: list[Sequence] = []
        self._max_streams = max_streams
        self._decode_is_due = False

    @property
    def idle(self) -> bool:
        """True if there is nothing to do."""
        return not (self.waiting or self.running)

    def next(self) -> Prefill | Decode | None:
        """The work of this step; None if there is none. A newcomer leaves the queue here and must `join` or end."""
        has_row = len(self.running) < self._max_streams
        if self.waiting and has_row and not (self._decode_is_due and self.running):
            self._decode_is_due = True
            return Prefill(self.waiting.take(), row=len(self.running))
        self._decode_is_due = False
        return Decode(tuple(self.running)) if self.running else None

    def join(self, sequence: Sequence) -> None:
        """Count a prefilled newcomer among the running."""
        self.running.append(sequence)

    def leave(self, sequence: Sequence) -> tuple[int, int] | None:
        """Take a reply out. Returns (source, target) if the last row must move into the gap."""
        if self.waiting.remove(sequence):
            return None
        if sequence not in self.running:
            return None  # its prefill failed
        row = self.running.index(sequence)
        last = self.running.pop()
        if last is sequence:
            return None
        self.running[row] = last
        return len(self.running), row
