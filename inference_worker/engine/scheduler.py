"""Who runs next. Decides and keeps count; computes nothing."""

from collections import deque
from dataclasses import dataclass

from inference_worker.engine.errors import EngineBusy
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
    """First come, first served, with a bounded queue.

    The index in `running` is the row in the cache: rows are kept together at the front, so that a step works on plain
    slices. While replies run, there is a decode step after every prefill, so a crowd of newcomers cannot silence them.
    """

    def __init__(self, max_streams: int, max_waiting: int) -> None:
        self.waiting: deque[Sequence] = deque()
        self.running: list[Sequence] = []
        self._max_streams, self._max_waiting = max_streams, max_waiting
        self._decode_is_due = False

    @property
    def idle(self) -> bool:
        """True if there is nothing to do."""
        return not (self.waiting or self.running)

    def check_room(self) -> None:
        """Raise EngineBusy if nobody more may wait."""
        if len(self.waiting) >= self._max_waiting:
            raise EngineBusy(f"{len(self.waiting)} replies are waiting already. Try again in a moment.")

    def add(self, sequence: Sequence) -> None:
        """Queue a newcomer."""
        self.waiting.append(sequence)

    def next(self) -> Prefill | Decode | None:
        """The work of this step; None if there is none. A newcomer leaves the queue here and must `join` or end."""
        has_row = len(self.running) < self._max_streams
        if self.waiting and has_row and not (self._decode_is_due and self.running):
            self._decode_is_due = True
            return Prefill(self.waiting.popleft(), row=len(self.running))
        self._decode_is_due = False
        return Decode(tuple(self.running)) if self.running else None

    def join(self, sequence: Sequence) -> None:
        """Count a prefilled newcomer among the running."""
        self.running.append(sequence)

    def leave(self, sequence: Sequence) -> tuple[int, int] | None:
        """Take a reply out. Returns (source, target) if the last row must move into the gap."""
        if sequence in self.waiting:
            self.waiting.remove(sequence)
            return None
        if sequence not in self.running:
            return None  # its prefill failed
        row = self.running.index(sequence)
        last = self.running.pop()
        if last is sequence:
            return None
        self.running[row] = last
        return len(self.running), row
