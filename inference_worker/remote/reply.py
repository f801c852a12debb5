"""One reply that a server is writing."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from inference_worker.engine import Delta, EngineError, FinishReason
from inference_worker.engine.deltas import Deltas
from inference_worker.remote.wire import Chunk


@dataclass(frozen=True)
class RemoteResult:
    """A finished reply. A server tells how many tokens there were, not which."""

    text: str
    tokens: int
    finish: FinishReason
    error: EngineError | None = None


class RemoteReply(Deltas):
    """Written by a task of the engine's event loop, read by one other thread. `cancel` may be called from any."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.task: asyncio.Task | None = None  # the event loop's own, like all that follows but `result` and `cancel`
        self.announced: FinishReason | None = None  # the end that the server has told
        self._loop = loop
        self._text = ""
        self._tokens = 0
        self._result: RemoteResult  # from the end on

    def result(self, timeout: float | None = None) -> RemoteResult:
        """Wait for the whole reply; a failed one is returned as such. Raises TimeoutError."""
        self.wait(timeout)
        return self._result

    def cancel(self) -> None:
        """Close the stream, by which the server stops writing. Does nothing if the reply has ended."""
        with suppress(RuntimeError):  # the loop is closed: the engine was stopped, and every reply with it
            self._loop.call_soon_threadsafe(lambda: self.task and self.task.cancel())

    def add(self, chunk: Chunk) -> None:
        """Hand a chunk on. Of two ends the first counts.

        A server that does not count tokens is taken to send them one by one.
        """
        self.announced = self.announced or chunk.finish
        self._tokens = chunk.tokens or self._tokens + bool(chunk.text)
        self._text += chunk.text
        if chunk.text:
            self.deliver(Delta(chunk.text, self._tokens))

    def end(self, finish: FinishReason, error: EngineError | None = None) -> None:
        """Close the reply. Only the first end counts."""
        if not self.finished:
            self._result = RemoteResult(self._text, self._tokens, finish, error)
            self.deliver(Delta("", self._tokens, finish, error))
