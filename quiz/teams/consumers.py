"""The socket of a team's page: the map and the table anew whenever someone joins or leaves."""

from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.template.loader import render_to_string
from django.utils import translation
from redis.exceptions import RedisError

from config.languages import language_of_socket
from config.visitors import visitor_id_from_cookies
from quiz.teams.selectors import team_behind, team_view
from quiz.teams.services import channel_group

GONE = 4404  # close code for a team that is no more, or never was


class TeamConsumer(AsyncWebsocketConsumer):
    """One open page of one team. It only listens: joining and leaving are forms."""

    async def connect(self) -> None:
        self.token = self.scope["url_route"]["kwargs"]["token"]
        self.language = language_of_socket(self.scope)
        await self.accept()
        self.is_listening = await database_sync_to_async(team_behind)(self.token) is not None
        if not self.is_listening:
            await self.close(code=GONE)
            return
        await self.channel_layer.group_add(channel_group(self.token), self.channel_name)
        await self._show()

    async def disconnect(self, code: int) -> None:
        if self.is_listening:
            with suppress(RedisError):
                await self.channel_layer.group_discard(channel_group(self.token), self.channel_name)

    async def team_changed(self, event: dict[str, Any]) -> None:
        """Someone joined or left."""
        await self._show()

    async def _show(self) -> None:
        html = await self._render()
        if html is None:
            await self.close(code=GONE)
        else:
            await self.send(text_data=html)

    @database_sync_to_async
    def _render(self) -> str | None:
        team = team_behind(self.token)
        if team is None:
            return None
        view = team_view(team, visitor_id_from_cookies(self.scope["cookies"]))
        with translation.override(self.language):
            return render_to_string("quiz/_team.html", {"view": view, "oob": True})
