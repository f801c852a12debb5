"""The socket of pages that show how many take the tests."""

import asyncio
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from redis.exceptions import RedisError

from config.languages import language_of_socket
from quiz.live.counters import PUSH_SECONDS
from quiz.live.services import CHANNEL_GROUP
from quiz.live.tally import SNAPSHOT_SECONDS, live_html

# What ends while nothing more is pushed must be in the snapshot that this push leads to.
SETTLE_SECONDS = PUSH_SECONDS + SNAPSHOT_SECONDS + 0.2


class LiveConsumer(AsyncWebsocketConsumer):
    """One open page. It only listens, and gets at most one message every SETTLE_SECONDS."""

    async def connect(self) -> None:
        self.language = language_of_socket(self.scope)
        await self.accept()
        await self.channel_layer.group_add(CHANNEL_GROUP, self.channel_name)

    async def disconnect(self, code: int) -> None:
        with suppress(RedisError):
            await self.channel_layer.group_discard(CHANNEL_GROUP, self.channel_name)

    async def tally_changed(self, event: dict[str, Any]) -> None:
        """Someone finished a test."""
        await asyncio.sleep(SETTLE_SECONDS)
        await self.send(text_data=await database_sync_to_async(live_html)(self.language))
