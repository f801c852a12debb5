"""uvicorn's HTTP, with an end to its patience: a request's head has to be there in time, and may not be endless.

uvicorn itself waits for the rest of a head for as long as the other side likes, and keeps a socket for it.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0
LONGEST_HEAD = 64 * 1024  # bytes


class PatientHttp(HttpToolsProtocol):
    """Closes a connection that has not told a whole head within HEAD_SECONDS of its first byte, or of its opening."""

    _timer: asyncio.TimerHandle | None = None
    _head = 0  # bytes of a head that is still coming

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait_for_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._timer is not None:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self._give_up()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._timer is None:  # another request on a connection that was kept
            self._wait_for_a_head()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def _wait_for_a_head(self) -> None:
        self._head = 0
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._stop_waiting()
        self.transport.close()
