"""Who runs next. Decides and keeps count; computes nothing."""

from dataclasses import dataclass

from inference_worker.engine.fair_queue import FairQueue
from inference_worker.engine.sequence import Sequence


@dataclass(frozen=True)
class Prefill:
    """Run the next piece of a newcomer's prompt."""

    sequence: Sequence
    row: int

    @property
    def sequences(self) -> tuple[Sequence, ...]:
        """Those that take part in this step."""
        return (self.sequence,)


@dataclass(frozen=True)
class Decode:
    """Make the next token of every running reply. A sequence's index is its row."""

    sequences: tuple[Sequence, ...]


class Scheduler:
    """Newcomers in a fair order, one at a time, and every running reply at every decode step.

    The index in `rows` is the row in the cache: rows are kept together at the front, so that a step works on plain
    slices, and the newcomer whose prompt is being run is the last of them. While replies run, there is a decode step
    after every piece of a prompt, so neither a long prompt nor a crowd of newcomers can silence them.
    """

    def __init__(self, max_streams: int, max_waiting: int) -> None:
        self.waiting = FairQueue(max_waiting)
        self._running: list[Sequence] = []
        self._newcomer: Sequence | None = None
        self._max_streams = max_streams
        self._decode_is_due = False

    @property
    def rows(self) -> tuple[Sequence, ...]:
        """Everyone who holds a row, in the order of the rows."""
        return (*self._running, self._newcomer) if self._newcomer else tuple(self._running)

    @property
    def idle(self) -> bool:
        """True if there is nothing to do."""
        return not (self.waiting or self.rows)

    def next(self) -> Prefill | Decode | None:
        """The work of this step; None if there is none. A newcomer stays one until it does `join` or `leave`."""
        if self._may_prefill():
            self._decode_is_due = True
            self._newcomer = self._newcomer or self.waiting.take()
            return Prefill(self._newcomer, row=len(self._running))
        self._decode_is_due = False
        return Decode(tuple(self._running)) if self._running else None

    def join(self, newcomer: Sequence) -> None:
        """Count a newcomer among the running: its whole prompt has been run."""
        self._running.append(newcomer)
        self._newcomer = None

    def rest_of(self, work: Prefill | Decode) -> Decode | None:
        """What is left of a step after some of its replies have left; None if that is nothing."""
        return Decode(tuple(self._running)) if isinstance(work, Decode) and self._running else None

    def leave(self, sequence: Sequence) -> list[tuple[int, int]]:
        """Take a reply out. Returns the rows that must move to close its gap, as (source, target), in order."""
        if self.waiting.remove(sequence):
            return []
        if sequence is self._newcomer:
            self._newcomer = None
            return []
        row = self._running.index(sequence)
        last = self._running.pop()
        moves = []
        if last is not sequence:
            self._running[row] = last
            moves.append((len(self._running), row))
        if self._newcomer:
            moves.append((len(self._running) + 1, len(self._running)))
        return moves

    def _may_prefill(self) -> bool:
        if self._decode_is_due and self._running:
            return False
        return bool(self._newcomer or (self.waiting and len(self._running) < self._max_streams))
