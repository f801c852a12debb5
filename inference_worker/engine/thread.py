"""A thread of its own for the engine, and handles for everybody else."""

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from torch import Tensor

from inference_worker.engine.deltas import Deltas
from inference_worker.engine.engine import Engine, Event
from inference_worker.engine.errors import EngineStopped, StepFailed
from inference_worker.engine.figures import Figures
from inference_worker.engine.request import Request, Result
from inference_worker.engine.scoring import Score, ScoreRequest
from inference_worker.engine.sequence import Sequence as LiveSequence

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Running(Deltas):
    """A reply in the making, for one reader. `cancel` may be called from any thread."""

    def __init__(self, sequence: LiveSequence) -> None:
        super().__init__()
        self._sequence = sequence

    def result(self, timeout: float | None = None) -> Result:
        """Wait for the whole reply; a failed one is returned as such. Raises TimeoutError."""
        self.wait(timeout)
        return self._sequence.result()

    def cancel(self) -> None:
        """End the reply before the next step. Does nothing if it has ended."""
        self._sequence.cancelled = True


class EngineThread:
    """Owns an engine: nobody else may touch it from here on.

    Calls from other threads are queued and run between two steps, so no lock is ever held while the model computes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], Future]] = queue.SimpleQueue()
        self._handles: dict[LiveSequence, Running] = {}
        self._stop = threading.Event()
        self._closing = threading.Lock()  # no call is queued after the last one was answered
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> Running:
        """Queue a request and return its handle.

        Raises EngineBusy, PromptTooLong, UnknownAdapter, BadRequest or EngineStopped.
        """
        return self._call(lambda: self._submit(request))

    def load_adapter(self, name: str, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> None:
        """See Engine.load_adapter. Replies go on; returns when the adapter can be used."""
        self._call(lambda: self._engine.load_adapter(name, tensors, config))

    def unload_adapter(self, name: str) -> None:
        """See Engine.unload_adapter."""
        self._call(lambda: self._engine.unload_adapter(name))

    def adapters(self) -> tuple[str, ...]:
        """Names that a new request may use."""
        return self._call(lambda: self._engine.adapters)

    @property
    def figures(self) -> Figures:
        """See Engine.figures. Read as they are, without a call: whoever watches needs them while a step hangs."""
        return self._engine.figures

    def score(self, requests: Sequence[ScoreRequest]) -> list[Score]:
        """See Engine.score. Running replies wait meanwhile."""
        return self._call(lambda: self._engine.score(requests))

    def stop(self, timeout: float | None = 10) -> None:
        """End everything: live replies fail with EngineStopped. Returns when the thread has ended or time is up."""
        self._stop.set()
        self._calls.put((lambda: None, Future()))  # wakes an idle thread
        self._thread.join(timeout)

    def _call(self, function: Callable[[], T]) -> T:
        """Run `function` on the engine's thread, between two steps."""
        future: Future[T] = Future()
        with self._closing:
            if self._stop.is_set():
                raise EngineStopped("The engine was stopped.")
            self._calls.put((function, future))
        return future.result()

    def _submit(self, request: Request) -> Running:
        sequence = self._engine.submit(request)
        self._handles[sequence] = Running(sequence)
        return self._handles[sequence]

    def _run(self) -> None:
        while not self._stop.is_set():
            self._answer_calls()
            self._deliver(self._step())
        self._deliver(self._engine.fail_all(EngineStopped("The engine was stopped before the reply ended.")))
        with self._closing:
            while not self._calls.empty():
                _, future = self._calls.get()
                future.set_exception(EngineStopped("The engine was stopped before the call was made."))

    def _answer_calls(self) -> None:
        """Run what is queued; with nothing else to do, wait for a call first."""
        wait = self._engine.idle
        while wait or not self._calls.empty():
            function, future = self._calls.get()
            wait = False
            try:
                future.set_result(function())
            except Exception as error:
                future.set_exception(error)

    def _step(self) -> list[Event]:
        try:
            return self._engine.step()
        except Exception as error:  # not a reply's failure but the engine's: its replies end, the thread goes on
            logger.exception("The engine's step failed.")
            return self._engine.fail_all(StepFailed(f"The engine failed: {type(error).__name__}: {error}"))

    def _deliver(self, events: list[Event]) -> None:
        for sequence, delta in events:
            handle = self._handles.pop(sequence) if delta.finish else self._handles[sequence]
            handle.deliver(delta)
