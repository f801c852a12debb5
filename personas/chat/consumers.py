"""The chat's socket: takes what the visitor asks for, and shows what the database and the reply streams say."""

import asyncio
import logging
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from config.addresses import address_of_scope
from config.languages import language_of_socket
from config.visitors import visitor_id_from_cookies
from personas.chat import fragments
from personas.chat.actions import frame_perform
from personas.chat.errors import ChatRefused
from personas.chat.log import log_of
from personas.chat.models import Conversation
from personas.chat.reply_stream import Append, Recovered, Replace, Trouble, follow, raise_if_cancelled
from personas.chat.selectors import conversation_of

NOT_YOURS = 4404  # close code for a conversation that is somebody else's, or nobody's
TRY_AGAIN = 1011  # htmx connects again after this one
UNSTABLE = _("연결이 잠시 불안정해요. 다시 잇는 중이에요.")

logger = logging.getLogger(__name__)


class ConversationGone(Exception):
    """The conversation was deleted while its page was open."""


class ChatConsumer(AsyncWebsocketConsumer):
    """One open page of one conversation.

    Nothing here is needed to write a reply: pages come and go while workers write. What a page lacks it gets from the
    database and the reply's stream, so a reload, a second tab and a lost connection are all the same case.
    """

    async def connect(self) -> None:
        self.followers: dict[UUID, asyncio.Task[None]] = {}
        self.turns_on_page: list[UUID] = []
        self.showing = asyncio.Lock()
        self.group = ""
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        self.language = language_of_socket(self.scope)
        # Accepted first: a handshake that is refused looks to a browser like a broken line, and it would try again.
        await self.accept()
        try:
            await self._open(version_on_page=query.get("v", [""])[0])
        except ConversationGone:
            await self.close(code=NOT_YOURS)

    async def _open(self, version_on_page: str) -> None:
        conversation = await database_sync_to_async(self._conversation)()
        # Joined before the log is read, so that no change falls between the two.
        group = f"conversation.{conversation.pk}"
        await self.channel_layer.group_add(group, self.channel_name)
        self.group = group
        await self._show_log(version_on_page)

    async def disconnect(self, code: int) -> None:
        for follower in self.followers.values():
            follower.cancel()
        if self.group:
            try:
                await self.channel_layer.group_discard(self.group, self.channel_name)
            except RedisError:
                logger.warning("could not leave %s: Redis does not answer", self.group)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.group:
            return
        try:
            turn_id = await self._perform(text_data)
        except ChatRefused as refusal:
            await self._notice(refusal.message)
            return
        except ConversationGone:
            await self.close(code=NOT_YOURS)
            return
        # Told first: this page may have left meanwhile, and the line that took its place must hear of it.
        await self._tell_other_pages(turn_id)
        await self._notice("")
        await self._show_turn(turn_id)

    async def turn_changed(self, event: dict[str, Any]) -> None:
        """Another page of this conversation changed a turn."""
        if event["page"] != self.channel_name:
            await self._show_turn(UUID(event["turn"]))

    async def _tell_other_pages(self, turn_id: UUID) -> None:
        event = {"type": "turn.changed", "turn": str(turn_id), "page": self.channel_name}
        try:
            await self.channel_layer.group_send(self.group, event)
        except RedisError:
            logger.warning("other pages of %s were not told: Redis does not answer", self.group)

    @database_sync_to_async
    def _perform(self, frame: str | None) -> UUID:
        address = address_of_scope(self.scope)
        return frame_perform(conversation=self._conversation(), frame=frame, address=address)

    def _conversation(self) -> Conversation:
        """Read anew for every use: its persona's champion may have moved. Raises ConversationGone."""
        visitor_id = visitor_id_from_cookies(self.scope["cookies"])
        wanted = self.scope["url_route"]["kwargs"]["conversation_id"]
        conversation = conversation_of(visitor_id=visitor_id, conversation_id=wanted) if visitor_id else None
        if conversation is None:
            raise ConversationGone
        return conversation

    async def _notice(self, message: str | Promise) -> None:
        with translation.override(self.language):
            await self.send(text_data=fragments.notice(message))

    # Showing. One thing is shown at a time, and a turn shown again has its followers started again: the new HTML has
    # empty places for their text.

    async def _show_log(self, version_on_page: str) -> None:
        async with self.showing:
            html, active = await self._read_log(version_on_page)
            if html:
                await self.send(text_data=html)
            self._restart_followers(active)

    @database_sync_to_async
    def _read_log(self, version_on_page: str) -> tuple[str, list[tuple[UUID, UUID]]]:
        log = log_of(self._conversation())
        self.turns_on_page = [shown.turn.pk for shown in log.turns]
        with translation.override(self.language):
            return "" if version_on_page == log.version else fragments.whole_log(log), log.active

    async def _show_turn(self, turn_id: UUID) -> None:
        """Show that this turn changed, and where the path now leads if it was leafed to or edited."""
        async with self.showing:
            html, active = await self._read_changes(turn_id)
            await self.send(text_data=html)
            self._restart_followers(active)

    @database_sync_to_async
    def _read_changes(self, turn_id: UUID) -> tuple[str, list[tuple[UUID, UUID]]]:
        log = log_of(self._conversation())
        on_page, self.turns_on_page = self.turns_on_page, [shown.turn.pk for shown in log.turns]
        with translation.override(self.language):
            return fragments.changes(log, on_page, turn_id), log.active

    async def _show_end(self, reply_id: UUID, turn_id: UUID) -> None:
        """Show a reply's final form. The other answer beside it, where one is still written, is left alone."""
        async with self.showing:
            html = await self._read_one_side(reply_id, turn_id)
            if html:
                await self.send(text_data=html)
                return
        await self._show_turn(turn_id)

    @database_sync_to_async
    def _read_one_side(self, reply_id: UUID, turn_id: UUID) -> str:
        log = log_of(self._conversation())
        shown = log.turn(turn_id)
        ended = [one for one in shown.replies if one.reply.pk == reply_id] if shown else []
        if shown is None or not ended or shown.is_quiet:
            return ""
        with translation.override(self.language):
            return fragments.one_side(log, shown, ended[0])

    def _restart_followers(self, active: list[tuple[UUID, UUID]]) -> None:
        """Follow exactly these replies: the HTML just sent has empty places for their text."""
        raise_if_cancelled()  # the page has left: nobody would end new followers
        for follower in self.followers.values():
            if follower is not asyncio.current_task():
                follower.cancel()
        self.followers = {
            reply_id: asyncio.create_task(self._follow(reply_id, turn_id)) for reply_id, turn_id in active
        }

    async def _follow(self, reply_id: UUID, turn_id: UUID) -> None:
        """Send a reply's words as they come, and its final form from the database."""
        try:
            async for change in follow(reply_id):
                match change:
                    case Replace(text):
                        await self.send(text_data=fragments.text_replaced(reply_id, text))
                    case Append(text):
                        await self.send(text_data=fragments.text_appended(reply_id, text))
                    case Trouble():
                        await self._notice(UNSTABLE)
                    case Recovered():
                        await self._notice("")
            await self._notice("")  # whatever was said about this reply is over with it
            await self._show_end(reply_id, turn_id)
        except ConversationGone:
            await self.close(code=NOT_YOURS)
        except OSError:
            return  # the page left in mid-frame
        except Exception:
            logger.exception("following reply %s failed; its page will connect again", reply_id)
            await self.close(code=TRY_AGAIN)
