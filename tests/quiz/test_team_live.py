"""Whoever has a team's page open sees others come and go."""

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from channels.testing import WebsocketCommunicator

from config.visitors import COOKIE, signed
from quiz.routing import websocket_urlpatterns
from quiz.teams.services import member_remove, team_delete, team_join, team_make
from tests.quiz.people import finish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio, pytest.mark.usefixtures("redis_server")]

application = CookieMiddleware(URLRouter(websocket_urlpatterns))


@pytest.fixture
def friends_result(quiz, friend):
    return finish(quiz, friend, place=-1)


@pytest.fixture
def team(result):
    return team_make(result=result, name="플랫폼팀", nickname="라떼")


def socket(token: str, visitor=None, language: str = "ko") -> WebsocketCommunicator:
    headers = [(b"cookie", f"{COOKIE}={signed(visitor.pk)}".encode())] if visitor else []
    return WebsocketCommunicator(application, f"/ws/group/{token}/?lang={language}", headers=headers)


async def test_two_open_pages_see_a_member_come_and_go(team, friends_result, owner, stranger):
    pages = [socket(team.token, owner), socket(team.token, stranger)]
    for opened in pages:
        assert (await opened.connect(timeout=10))[0]
        assert "지금 1명" in await opened.receive_from(timeout=10)
    member = await database_sync_to_async(team_join)(team=team, result=friends_result, nickname="직진")
    owners, strangers = [await opened.receive_from(timeout=10) for opened in pages]
    assert "직진" in owners and "지금 2명" in owners and 'hx-swap-oob="true"' in owners
    assert "내보내기" in owners and "내보내기" not in strangers
    await database_sync_to_async(member_remove)(member=member, by=owner.id)
    for opened in pages:
        assert "지금 1명" in await opened.receive_from(timeout=10)
        await opened.disconnect()


async def test_a_team_that_was_closed_closes_its_pages(team, owner):
    opened = socket(team.token, owner)
    await opened.connect(timeout=10)
    await opened.receive_from(timeout=10)
    await database_sync_to_async(team_delete)(team=team, by=owner.id)
    assert (await opened.receive_output(timeout=10))["code"] == 4404


async def test_an_address_that_nobody_made_is_closed(db):
    opened = socket("no.such!team")
    await opened.connect(timeout=10)
    assert (await opened.receive_output(timeout=10))["code"] == 4404
    await opened.disconnect()


async def test_the_live_part_speaks_the_pages_language(team):
    opened = socket(team.token, language="xx")
    await opened.connect(timeout=10)
    assert "지금 1명" in await opened.receive_from(timeout=10)
    await opened.disconnect()


async def test_joining_works_while_redis_is_away(team, friends_result, settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1"]},
        }
    }
    member = await database_sync_to_async(team_join)(team=team, result=friends_result, nickname="직진")
    assert member.pk
