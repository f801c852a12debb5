"""An OpenAI-compatible server over HTTP: its answers as chunks, its troubles as the engine's errors."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2

from inference_worker.engine import EngineError, RequestFailed
from inference_worker.remote.errors import ServerUnreachable, refusal
from inference_worker.remote.wire import END_OF_STREAM, Chunk, read_chunk, read_event, refused_fields, words_of

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5
SILENCE_SECONDS = 60  # before the first word, while the reply waits its turn on the server, and between two words
CHECK_SECONDS = 1.5  # a readiness check waits two


class OpenAIServer:
    """One server. Use it from one event loop only.

    `url` may end in `/v1` or not, and may carry the server's key as a password: `http://:KEY@host:8000/v1`.
    """

    def __init__(self, url: str) -> None:
        given = httpx2.URL(url)
        self.address = str(given.copy_with(username=None, password=None)).rstrip("/").removesuffix("/v1") + "/v1"
        self._client = httpx2.AsyncClient(
            base_url=self.address,
            headers={"Authorization": f"Bearer {given.password}"} if given.password else None,
            timeout=httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS, pool=None),
            limits=httpx2.Limits(max_connections=None),  # how many replies at a time is the server's to decide
        )
        self._unknown: set[str] = set()  # fields that it has refused and does without

    async def reply(self, body: dict[str, Any]) -> AsyncIterator[Chunk]:
        """Stream a reply. Optional fields that the server refuses are left out from then on, if that helps.

        Raises EngineBusy, PromptTooLong, ModelNotServed, ServerRefused, ServerUnreachable, RequestFailed.
        """
        unknown = set(self._unknown)
        while True:
            try:
                async for chunk in self._chunks({name: body[name] for name in body if name not in unknown}):
                    self._do_without(unknown)
                    yield chunk
                return
            except _FieldsRefused as error:  # each time at least one field fewer is sent
                unknown |= error.names

    async def load_adapter(self, name: str, folder: Path) -> str:
        """Ask for an adapter to be loaded, as vLLM may do at run time; returns what the server says to it."""
        try:
            answer = await self._client.post(
                "/load_lora_adapter", json={"lora_name": name, "lora_path": str(folder.resolve())}
            )
        except httpx2.RequestError as error:
            raise self._trouble(error) from error
        return words_of(answer.text)

    async def check(self) -> None:
        """Raise EngineError unless the server answers and does not call itself ill. Not every server has `/health`."""
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                answer = await self._client.get(f"{self.address.removesuffix('/v1')}/health")
        except TimeoutError as error:
            raise ServerUnreachable(f"{self.address} does not answer within {CHECK_SECONDS} s.") from error
        except httpx2.RequestError as error:
            raise self._trouble(error) from error
        if answer.is_server_error:
            raise refusal(answer.status_code, words_of(answer.text), model="")

    async def close(self) -> None:
        """Give back every connection."""
        await self._client.aclose()

    def _do_without(self, unknown: set[str]) -> None:
        """Note what a request has got through without."""
        if new := sorted(unknown - self._unknown):
            logger.warning("%s does not know %s: replies are asked for without.", self.address, ", ".join(new))
            self._unknown |= unknown

    async def _chunks(self, body: dict[str, Any]) -> AsyncIterator[Chunk]:
        try:
            async with self._client.sse("/chat/completions", method="POST", json=body) as events:
                if not events.response.is_success:
                    await events.response.aread()
                    raise _refused(events.response, body)
                if events.response.headers.get("content-type", "").startswith("application/json"):
                    yield read_chunk((await events.response.aread()).decode(errors="replace"))
                    return
                async for event in events:
                    yield read_event(event.event, event.data)
                    if event.data == END_OF_STREAM:
                        return
        except httpx2.RequestError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: httpx2.RequestError) -> EngineError:
        if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol):
            return ServerUnreachable(
                f"Nobody answers at {self.address} ({error}). Start the server, or set ENGINE_URL."
            )
        if isinstance(error, httpx2.TimeoutException):
            return RequestFailed(f"{self.address} has been silent for too long ({type(error).__name__}).")
        return RequestFailed(f"{self.address} broke off: {type(error).__name__}: {error}")


class _FieldsRefused(Exception):
    """The server takes no field of these names."""

    def __init__(self, names: set[str]) -> None:
        super().__init__(", ".join(sorted(names)))
        self.names = names


def _refused(response: httpx2.Response, body: dict[str, Any]) -> Exception:
    if response.status_code in (400, 422) and (names := refused_fields(response.text, body)):
        return _FieldsRefused(names)
    return refusal(response.status_code, words_of(response.text), body["model"])
