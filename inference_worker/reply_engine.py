"""What the worker asks of an engine, whichever it is: its own (resident.py) or a server's (remote/)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from inference_worker.base_model import BaseModel
from inference_worker.contracts import Sampling
from inference_worker.engine import Delta, EngineError, FinishReason, Score

CONTEXT_TOKENS = 2048  # chat and reply together; longer chats lose their oldest exchanges


@dataclass(frozen=True)
class PinnedAdapter:
    """An adapter version by its readable name (`egen@v3`), where its files lie, and its weight in the reply."""

    name: str
    folder: Path
    weight: float

    @property
    def persona(self) -> str:
        """The slug of the persona that it speaks for."""
        return self.name.partition("@")[0]


class FinishedReply(Protocol):
    """A reply that has ended. `error` is set if and only if `finish` is "failed"."""

    @property
    def text(self) -> str: ...
    @property
    def tokens(self) -> int: ...
    @property
    def finish(self) -> FinishReason: ...
    @property
    def error(self) -> EngineError | None: ...


class RunningReply(Protocol):
    """A reply in the making, for one reader. `cancel` may be called from any thread."""

    def get(self, timeout: float | None = None) -> Delta | None:
        """The next delta. None if none came within `timeout` seconds, or after the last one."""

    def __iter__(self) -> Iterator[Delta]: ...

    def result(self, timeout: float | None = None) -> FinishedReply:
        """Wait for the whole reply; a failed one is returned as such. Raises TimeoutError."""

    def cancel(self) -> None:
        """End the reply soon. Does nothing if it has ended."""


class ReplyEngine(Protocol):
    """Writes replies for many threads at a time, over one base and any adapters made for it."""

    base: BaseModel
    slots: int  # replies that it writes at a time

    def submit(self, messages: list[dict[str, str]], adapters: list[PinnedAdapter], sampling: Sampling) -> RunningReply:
        """Ask for a reply to a chat. Raises EngineError or AdapterFileError, here or as the last delta's error."""

    def score(self, messages: list[dict[str, str]], reply: str, adapters: list[PinnedAdapter]) -> Score:
        """How likely the reply is after the chat. Raises EngineError or AdapterFileError."""

    def check(self) -> None:
        """Raise EngineError if no reply can be written now; answers within two seconds."""

    def stop(self) -> None:
        """End it; running replies end as failed."""
