"""Redis stops while a reply is being written: the page says so, and nothing of the reply is lost."""

import asyncio
from collections.abc import Iterator

import pytest
from channels.db import database_sync_to_async

from config.serving.embedded_redis import EmbeddedRedis
from personas.chat.models import Reply
from tests.chat.stage import Page, Worker, newest_reply

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@pytest.fixture
def redis_process(tmp_path) -> Iterator[EmbeddedRedis]:
    """A server of these tests' own, which they may stop."""
    server = EmbeddedRedis(tmp_path)
    server.start()
    yield server
    server.stop()


async def test_the_page_says_so_and_goes_on_when_redis_returns_empty(reply, conversation, owner, redis_process):
    worker = Worker(reply)
    await worker.start()
    async with Page(conversation.pk, owner) as page:
        worker.write("헉, 장애라니")
        await page.shows(reply, "헉, 장애라니")
        redis_process.stop()
        await page.frame_with("다시 잇는 중이에요")
        worker.write(" 심장")
        redis_process.start()
        worker.write(" 철렁")
        await page.shows(reply, "헉, 장애라니 심장 철렁")
        await worker.finish()
        await page.frame_with("다른 답 보기")
        assert page.texts[str(reply.pk)] == "헉, 장애라니 심장 철렁"
        assert not any("다시 잇는 중이에요" in html for html in page.frames[-2:])


async def test_a_reply_that_ends_while_redis_is_away_comes_from_the_database(reply, conversation, owner, redis_process):
    worker = Worker(reply)
    await worker.start()
    async with Page(conversation.pk, owner) as page:
        worker.write("헉, ")
        await page.shows(reply, "헉, ")
        redis_process.stop()
        worker.write("장애라니")
        await worker.finish()
        await page.frame_with("다른 답 보기")
        assert page.texts[str(reply.pk)] == "헉, 장애라니"


async def test_a_message_sent_while_redis_is_away_is_answered_later(conversation, owner, redis_process):
    async with Page(conversation.pk, owner) as page:
        await asyncio.sleep(0.1)
        redis_process.stop()
        await page.send(action="send", text="들려?")
        await page.frame_with("들려?", timeout=20)
        await page.frame_with("다시 잇는 중이에요", timeout=20)
        redis_process.start()
        worker = Worker(await newest_reply(conversation))
        await worker.start()
        worker.write("들려~")
        await page.shows(worker.reply, "들려~")
    assert await database_sync_to_async(Reply.objects.count)() == 1
