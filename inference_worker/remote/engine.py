"""The engine's interface over somebody else's engine: an OpenAI-compatible server.

The worker's side of the chat stays here (what fits into the context, which adapters a reply is pinned to); the server
batches and computes. All replies live on one event loop in a thread of its own, where a cancelled task closes its
stream at once, whatever it waits for.
"""

import asyncio
import logging
import threading
from concurrent.futures import CancelledError
from pathlib import Path

from inference_worker.adapter_files import AdapterFileError, read_adapter
from inference_worker.base_model import BaseModel, load_tokenizer, resolve_base_model
from inference_worker.chat_format import fit_into, seam_control_tokens
from inference_worker.contracts import Sampling
from inference_worker.engine import (
    AdapterMismatch,
    EngineError,
    EngineStopped,
    FinishReason,
    PromptTooLong,
    RequestFailed,
    Score,
)
from inference_worker.engine.request import check_sampling
from inference_worker.remote.errors import BlendNotServed, ModelNotServed, ScoringNotServed
from inference_worker.remote.reply import RemoteReply
from inference_worker.remote.server import OpenAIServer
from inference_worker.remote.wire import chat_body, extra_sampling
from inference_worker.reply_engine import CONTEXT_TOKENS, PinnedAdapter

logger = logging.getLogger(__name__)


class RemoteEngine:
    """Replies of the server at `url`, which must serve `base` and its chat template. Safe to use from many threads.

    A persona's adapter is the model of its name on the server (`egen@v3`), the bare base the model of the base's name.
    """

    def __init__(self, base: BaseModel, *, url: str, slots: int) -> None:
        self.base = base
        self.slots = slots
        self.tokenizer = load_tokenizer(base)
        self._server = OpenAIServer(url)
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task] = set()
        self._stopped = False
        self._closing = threading.Lock()  # nothing is asked of the loop after the stop
        self._thread = threading.Thread(target=self._loop.run_forever, name="remote-engine", daemon=True)
        self._thread.start()

    def submit(self, messages: list[dict[str, str]], adapters: list[PinnedAdapter], sampling: Sampling) -> RemoteReply:
        """Ask for a reply to a chat. Never waits for the server: what it refuses is the reply's last delta's error.

        Raises BlendNotServed, PromptTooLong, BadRequest or EngineStopped.
        """
        check_sampling(sampling)
        adapter = _whole_adapter(adapters)
        prompt = self._fitting(messages, CONTEXT_TOKENS - sampling.max_new_tokens)
        reply = RemoteReply(self._loop)
        with self._closing:
            self._refuse_if_stopped()
            self._loop.call_soon_threadsafe(self._begin, reply, prompt, adapter, sampling)
        return reply

    def score(self, messages: list[dict[str, str]], reply: str, adapters: list[PinnedAdapter]) -> Score:
        """Raises ScoringNotServed: OpenAI's API has no way to weigh a given text."""
        raise ScoringNotServed(
            f"The server at {self._server.address} cannot score replies. Unset ENGINE_URL for this command: the "
            "worker's own engine can."
        )

    def check(self) -> None:
        """Raise EngineError unless the server answers now."""
        with self._closing:
            self._refuse_if_stopped()
            answer = asyncio.run_coroutine_threadsafe(self._server.check(), self._loop)
        try:
            answer.result()
        except CancelledError:
            raise EngineStopped("The engine was stopped before the server answered.") from None

    def stop(self) -> None:
        """Close every stream; running replies end as failed."""
        with self._closing:
            if self._stopped:
                return
            self._stopped = True
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _refuse_if_stopped(self) -> None:
        if self._stopped:
            raise EngineStopped("The engine was stopped.")

    def _fitting(self, messages: list[dict[str, str]], room: int) -> list[dict[str, str]]:
        """The chat as the server reads it, without the exchanges that our own engine would leave out as well."""
        fitting, prompt_ids = fit_into(room, messages, self.tokenizer)
        if len(prompt_ids) >= CONTEXT_TOKENS:
            raise PromptTooLong(f"The prompt has {len(prompt_ids)} tokens; at most {CONTEXT_TOKENS - 1} leave room.")
        return seam_control_tokens(fitting, self.tokenizer)

    # What follows runs on the event loop's thread.

    def _begin(self, reply: RemoteReply, prompt: list, adapter: PinnedAdapter | None, sampling: Sampling) -> None:
        reply.task = self._loop.create_task(self._write(reply, prompt, adapter, sampling))
        self._tasks.add(reply.task)
        reply.task.add_done_callback(lambda task: self._end(reply, task))

    def _end(self, reply: RemoteReply, task: asyncio.Task) -> None:
        """The one end of every reply: what its task returned or raised, a cancel, or the stop."""
        self._tasks.discard(task)
        if task.cancelled() and self._stopped:
            reply.end("failed", EngineStopped("The engine was stopped before the reply ended."))
        elif task.cancelled():
            reply.end("cancelled")
        elif error := task.exception():
            reply.end("failed", _as_engine_error(error))
        else:
            reply.end(task.result())

    async def _write(
        self, reply: RemoteReply, prompt: list, adapter: PinnedAdapter | None, sampling: Sampling
    ) -> FinishReason:
        """Let the server write the reply; returns how it ended. An adapter that it lacks is offered to it once."""
        model = adapter.name if adapter else self.base.name
        body = chat_body(model, prompt, sampling) | extra_sampling(sampling)
        try:
            return await self._read(reply, body)
        except ModelNotServed:
            if adapter is None:
                raise
            answer = await self._offer(adapter)
        try:
            return await self._read(reply, body)
        except ModelNotServed:
            raise ModelNotServed(model, answer) from None

    async def _read(self, reply: RemoteReply, body: dict) -> FinishReason:
        async for chunk in self._server.reply(body):
            reply.add(chunk)
        if reply.announced is None:
            raise RequestFailed("The server closed the stream before the reply's end.")
        return reply.announced

    async def _offer(self, adapter: PinnedAdapter) -> str:
        """Have the server load an adapter, if it is sound and made for this base; returns the server's words."""
        await asyncio.to_thread(read_adapter, adapter.folder, self.base.hash)
        answer = await self._server.load_adapter(adapter.name, adapter.folder)
        logger.info("offered %s (%s) to the server: %s", adapter.name, adapter.folder, answer)
        return answer

    async def _close(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.close()


def _whole_adapter(adapters: list[PinnedAdapter]) -> PinnedAdapter | None:
    """The one adapter of a reply, None for the bare base. Raises BlendNotServed."""
    used = [adapter for adapter in adapters if adapter.weight]
    if [adapter.weight for adapter in used] not in ([], [1.0]):
        names = " + ".join(f"{adapter.weight:g} x {adapter.name}" for adapter in used)
        raise BlendNotServed(f"The server cannot write as {names}. Unset ENGINE_URL: the worker's own engine blends.")
    return used[0] if used else None


def _as_engine_error(error: BaseException) -> EngineError:
    if isinstance(error, EngineError):
        return error
    if isinstance(error, AdapterFileError):
        return AdapterMismatch(str(error))
    logger.error("A reply of the server failed.", exc_info=error)
    return RequestFailed(f"The reply failed: {type(error).__name__}: {error}")


_engine: RemoteEngine | None = None
_making = threading.Lock()


def remote_engine(*, url: str, base_model: str, cache: Path, slots: int) -> RemoteEngine:
    """This process's engine, made by the first caller; the others wait for it, and what they say is not read."""
    global _engine
    with _making:
        if _engine is None:
            base = resolve_base_model(base_model, cache=cache)
            _engine = RemoteEngine(base, url=url, slots=slots)
            logger.info("replies come from a server, the base is %s", base.name)
        return _engine
