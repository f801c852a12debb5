"""멈추기 keeps what is written."""

import pytest

from inference_worker.contracts import stop_key
from personas.chat.errors import ServerBusy
from personas.chat.models import Reply
from personas.chat.reply_lifecycle import reply_start
from personas.chat.services import reply_stop
from tests.chat.stage import Page, Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.asyncio
async def test_stop_reaches_the_worker_and_the_half_text_stays(reply, conversation, owner):
    worker = Worker(reply)
    await worker.start()
    async with Page(conversation.pk, owner) as page:
        worker.write("헉, 장애")
        await page.shows(reply, "헉, 장애")
        await page.send(action="stop")
        while not worker.log.stop_wanted:
            await page.frame()
            worker.write("")
        await worker.finish("stopped")
        last = await page.frame_with("여기서 멈췄어요")
        assert "헉, 장애" in last and "다시 쓰기" in last and "멈추기" not in last


@pytest.mark.asyncio
async def test_a_reply_that_nobody_began_stops_at_once(reply, conversation, owner):
    async with Page(conversation.pk, owner) as page:
        await page.send(action="stop")
        await page.frame_with("여기서 멈췄어요")
        assert await Worker(reply).start() is None
        await page.send(action="retry", reply=str(reply.pk))
        await page.frame_with("멈추기")


def test_the_wish_to_stop_expires(reply, redis_client):
    reply_start(reply_id=str(reply.pk), attempt=1)
    reply_stop(reply=reply)
    assert 0 < redis_client.ttl(stop_key(str(reply.pk))) <= 3600
    reply.refresh_from_db()
    assert reply.status == Reply.Status.RUNNING


def test_stop_without_redis_says_so(reply, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(ServerBusy):
        reply_stop(reply=reply)
