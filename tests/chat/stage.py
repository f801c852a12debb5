"""What the chat's tests stand on: a page's socket, and a worker that writes what it is told to."""

import json
import re
from html import unescape
from typing import Any

import redis
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import CookieMiddleware
from channels.testing import WebsocketCommunicator
from django.conf import settings

from config.visitors import COOKIE, signed
from inference_worker.contracts import EndStatus
from inference_worker.reply_log import ReplyLog
from personas.chat.models import Conversation, Reply
from personas.chat.reply_lifecycle import ReplyJob, reply_finish, reply_start
from personas.chat.routing import websocket_urlpatterns
from personas.privacy.models import Visitor

HERE = b"http://localhost"
TEXT_CHANGED = re.compile(r'hx-swap-oob="(innerHTML|beforeend):#text-([\w-]+)">(.*?)</div>', re.S)
TEXT_SHOWN = re.compile(r'id="text-([\w-]+)"[^>]*>(.*?)</div>', re.S)

application = AllowedHostsOriginValidator(CookieMiddleware(URLRouter(websocket_urlpatterns)))


class Page:
    """An open chat page: sends frames as htmx would, and keeps the text of every reply as its DOM would."""

    def __init__(
        self, conversation_id: object, visitor: Visitor | None, version: str = "", origin: bytes = HERE
    ) -> None:
        headers = [(b"origin", origin)]
        if visitor is not None:
            headers.append((b"cookie", f"{COOKIE}={signed(visitor.pk)}".encode()))
        address = f"/ws/chat/{conversation_id}/?lang=ko&v={version}"
        self._socket = WebsocketCommunicator(application, address, headers=headers)
        self.texts: dict[str, str] = {}
        self.frames: list[str] = []

    async def __aenter__(self) -> "Page":
        self.is_open, self.close_code = await self._socket.connect(timeout=5)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._socket.disconnect()

    async def send(self, **frame: Any) -> None:
        await self._socket.send_to(text_data=json.dumps(frame))

    async def send_raw(self, text: str | None = None, binary: bytes | None = None) -> None:
        await self._socket.send_input({"type": "websocket.receive", "text": text, "bytes": binary})

    async def frame(self, timeout: float = 5) -> str:
        """The next fragment, put in place."""
        html = await self._socket.receive_from(timeout=timeout)
        self.frames.append(html)
        for where, reply_id, inside in TEXT_CHANGED.findall(html):
            before = self.texts.get(reply_id, "") if where == "beforeend" else ""
            self.texts[reply_id] = before + unescape(inside)
        for reply_id, inside in TEXT_SHOWN.findall(html):
            self.texts[reply_id] = "" if 'class="dots"' in inside else unescape(inside)
        return html

    async def frame_with(self, words: str, timeout: float = 5) -> str:
        """Frames up to the first that holds these words."""
        while words not in (html := await self.frame(timeout)):
            pass
        return html

    async def shows(self, reply: Reply, text: str) -> None:
        """Wait until the reply's text on the page is this."""
        while self.texts.get(str(reply.pk)) != text:
            await self.frame()

    async def is_quiet(self) -> bool:
        """Whether nothing more comes for a moment."""
        return await self._socket.receive_nothing(timeout=0.3)

    async def closed_with(self) -> int:
        """The code with which the server closes the socket."""
        while True:
            event = await self._socket.receive_output(timeout=5)
            if event["type"] == "websocket.close":
                return event["code"]


class Worker:
    """Writes one attempt of a reply the way inference_worker does, at a test's pace."""

    def __init__(self, reply: Reply, attempt: int = 1) -> None:
        self._client = redis.Redis.from_url(settings.REDIS_URL)
        self.reply, self.attempt = reply, attempt
        self.log = ReplyLog(self._client, str(reply.pk), attempt)

    async def start(self) -> ReplyJob | None:
        return await database_sync_to_async(reply_start)(reply_id=str(self.reply.pk), attempt=self.attempt)

    def write(self, text: str) -> None:
        """One entry in the stream, at once."""
        self.log.add(text)
        self.log._flushed_at = float("-inf")
        self.log.flush_if_due()

    async def finish(self, status: EndStatus = "done") -> bool:
        """Save the text, then say so."""
        saved = await database_sync_to_async(reply_finish)(
            reply_id=str(self.reply.pk), attempt=self.attempt, text=self.log.text, status=status, tokens=1
        )
        if saved:
            self.log.close(status)
        return saved


@database_sync_to_async
def newest_reply(conversation: Conversation) -> Reply:
    return Reply.objects.filter(turn__conversation=conversation).latest("created_at")
