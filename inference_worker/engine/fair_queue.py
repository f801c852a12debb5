"""Who waits, and who is next: the personas take turns, and each persona's requests keep their order."""

from collections import OrderedDict, deque
from collections.abc import Iterator

from inference_worker.engine.adapters import LoadedAdapter
from inference_worker.engine.errors import EngineBusy
from inference_worker.engine.sequence import Sequence

_Turn = frozenset[LoadedAdapter]


class FairQueue:
    """A bounded queue that is served round-robin, one request of each persona at a time.

    Requests share a turn if they use the same adapters, whatever the weights: every visitor's blend has weights of its
    own, and a crowd of blends would otherwise have a crowd's share. A persona that comes anew joins behind the others.
    """

    def __init__(self, max_waiting: int) -> None:
        self._max_waiting = max_waiting
        self._lines: OrderedDict[_Turn, deque[Sequence]] = OrderedDict()  # none is empty; the next one served first

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def __iter__(self) -> Iterator[Sequence]:
        for line in self._lines.values():
            yield from line

    def check_room(self) -> None:
        """Raise EngineBusy if nobody more may wait."""
        if len(self) >= self._max_waiting:
            raise EngineBusy(f"{len(self)} replies are waiting already. Try again in a moment.")

    def put(self, sequence: Sequence) -> None:
        """Add a newcomer behind those of its persona."""
        self._lines.setdefault(_turn(sequence), deque()).append(sequence)

    def take(self) -> Sequence:
        """Remove and return whoever is next. Raises KeyError if nobody waits."""
        turn, line = self._lines.popitem(last=False)
        sequence = line.popleft()
        if line:
            self._lines[turn] = line
        return sequence

    def remove(self, sequence: Sequence) -> bool:
        """Remove one that gave up. False if it doesn't wait here."""
        turn = _turn(sequence)
        line = self._lines.get(turn)
        if line is None or sequence not in line:
            return False
        line.remove(sequence)
        if not line:
            del self._lines[turn]
        return True


def _turn(sequence: Sequence) -> _Turn:
    return frozenset(adapter for adapter, _ in sequence.mix)
