"""A conversation is its owner's alone."""

import uuid

import pytest

from personas.chat.models import Turn
from tests.chat.stage import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_a_stranger_is_sent_away_and_reads_nothing(reply, conversation, stranger):
    async with Page(conversation.pk, stranger) as page:
        await page.send(action="send", text="안녕")
        assert await page.closed_with() == 4404
        assert page.frames == []
    assert await Turn.objects.acount() == 1


async def test_someone_without_a_cookie_is_sent_away(conversation):
    async with Page(conversation.pk, visitor=None) as page:
        assert await page.closed_with() == 4404


@pytest.mark.parametrize("conversation_id", [uuid.uuid4(), "1", "none"])
async def test_a_conversation_that_does_not_exist_looks_like_a_strangers(conversation_id, owner):
    async with Page(conversation_id, owner) as page:
        assert await page.closed_with() == 4404


async def test_another_sites_page_cannot_open_the_socket(conversation, owner):
    page = Page(conversation.pk, owner, origin=b"https://evil.example")
    is_open, _code = await page._socket.connect()
    assert not is_open


async def test_a_conversation_deleted_under_an_open_page_closes_it(reply, conversation, owner):
    async with Page(conversation.pk, owner) as page:
        await page.frame()
        await conversation.adelete()
        await page.send(action="send", text="안녕")
        assert await page.closed_with() == 4404
