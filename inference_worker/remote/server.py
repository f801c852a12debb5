"""An OpenAI-compatible server over HTTP: its answers as chunks, its troubles as the engine's errors."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2

from inference_worker.engine import EngineError, RequestFailed
from inference_worker.remote.errors import ServerUnreachable, refusal
from inference_worker.remote.wire import END_OF_STREAM, EXTRA_FIELDS, Chunk, read_chunk, words_of

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
        self._takes_extras = True

    async def reply(self, body: dict[str, Any], extras: dict[str, float]) -> AsyncIterator[Chunk]:
        """Stream a reply. Fields of `extras` that the server does not know are left out from then on.

        Raises EngineBusy, PromptTooLong, ModelNotServed, ServerRefused, ServerUnreachable, RequestFailed.
        """
        try:
            async for chunk in self._chunks({**body, **extras} if self._takes_extras else body):
                yield chunk
        except _ExtrasUnknown as error:
            logger.warning("%s does not know %s and samples without: %s", self.address, ", ".join(extras), error)
            self._takes_extras = False
            async for chunk in self._chunks(body):
                yield chunk

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

    async def _chunks(self, body: dict[str, Any]) -> AsyncIterator[Chunk]:
        try:
            async with self._client.sse("/chat/completions", method="POST", json=body) as events:
                if not events.response.is_success:
                    await events.response.aread()
                    raise _refused(events.response, body)
                async for event in events:
                    if event.data == END_OF_STREAM:
                        return
                    yield read_chunk(event.data)
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


class _ExtrasUnknown(Exception):
    """The server takes no field of this name."""


def _refused(response: httpx2.Response, body: dict[str, Any]) -> Exception:
    words = words_of(response.text)
    if response.status_code in (400, 422) and any(name in body and name in words for name in EXTRA_FIELDS):
        return _ExtrasUnknown(words)
    return refusal(response.status_code, words, body["model"])
