"""The way of a reply's pieces from the thread that writes them to the one that reads."""

import queue
import threading
from collections.abc import Iterator

from inference_worker.engine.request import Delta


class Deltas:
    """A queue of one reply's deltas, for one writer and one reader. The one with `finish` is the last."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Delta] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._is_read = False  # the last delta was taken from the queue

    @property
    def finished(self) -> bool:
        """True once the reply has ended, even if deltas are still to be read."""
        return self._ended.is_set()

    def get(self, timeout: float | None = None) -> Delta | None:
        """The next delta. None if none came within `timeout` seconds, or after the last one."""
        if self._is_read:
            return None
        try:
            delta = self._queue.get(timeout=timeout)
        except queue.Empty:
            return None
        self._is_read = delta.finish is not None
        return delta

    def __iter__(self) -> Iterator[Delta]:
        """Deltas up to and including the one with `finish`."""
        while delta := self.get():
            yield delta

    def wait(self, timeout: float | None = None) -> None:
        """Return when the reply has ended. Raises TimeoutError."""
        if not self._ended.wait(timeout):
            raise TimeoutError(f"The reply did not end within {timeout} s.")

    def deliver(self, delta: Delta) -> None:
        """Writer only: hand a delta to the reader."""
        self._queue.put(delta)
        if delta.finish:
            self._ended.set()
