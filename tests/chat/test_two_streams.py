"""Two answers to one message are written at the same time, and neither disturbs the other on the page."""

import asyncio

import pytest
from channels.db import database_sync_to_async

from personas.chat.models import Reply
from personas.voting.models import Comparison
from personas.voting.unasked import turn_send_by_lot
from tests.chat.stage import Page, Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@database_sync_to_async
def paired(conversation) -> list[Reply]:
    """A second message with two answers on their way."""
    turn_send_by_lot(conversation=conversation, text="안녕")
    Reply.objects.update(status=Reply.Status.DONE, text="반가워")
    return list(turn_send_by_lot(conversation=conversation, text="뭐부터 할까?").replies.all())


@pytest.fixture(autouse=True)
def every_message(settings):
    settings.UNASKED_PAIRS = 100


async def two_workers(conversation) -> list[Worker]:
    workers = [Worker(reply) for reply in await paired(conversation)]
    for worker in workers:
        await worker.start()
    return workers


async def test_both_stream_side_by_side(conversation, owner):
    one, other = await two_workers(conversation)
    async with Page(conversation.pk, owner) as page:
        for number in range(4):
            one.write(f"하나{number} ")
            other.write(f"둘{number} ")
        await page.shows(one.reply, one.log.text)
        await page.shows(other.reply, other.log.text)
        await one.finish()
        await other.finish()
        last = await page.frame_with("고르지 않을래요")
        assert one.log.text in last and other.log.text in last


async def test_the_one_that_ends_first_leaves_the_other_as_it_is(conversation, owner):
    one, other = await two_workers(conversation)
    async with Page(conversation.pk, owner) as page:
        other.write("둘은 아직 ")
        await page.shows(other.reply, "둘은 아직 ")
        one.write("하나는 끝.")
        await one.finish()
        ended = await page.frame_with(f'id="reply-{one.reply.pk}" hx-swap-oob="true"')
        assert str(other.reply.pk) not in ended
        other.write("쓰는 중")
        appended = await page.frame_with("쓰는 중")
        assert f"beforeend:#text-{other.reply.pk}" in appended


async def test_a_page_that_comes_in_the_middle_sees_both(conversation, owner):
    one, other = await two_workers(conversation)
    one.write("하나는 끝.")
    await one.finish()
    other.write("둘은 아직 ")
    async with Page(conversation.pk, owner) as page:
        await page.shows(one.reply, "하나는 끝.")
        await page.shows(other.reply, "둘은 아직 ")
        await other.finish()
        await page.frame_with("고르지 않을래요")


async def test_both_that_end_at_once_are_shown_whole(conversation, owner):
    one, other = await two_workers(conversation)
    async with Page(conversation.pk, owner) as page:
        one.write("하나")
        other.write("둘")
        await asyncio.gather(one.finish(), other.finish())
        await page.frame_with("고르지 않을래요")
        assert [page.texts[str(worker.reply.pk)] for worker in (one, other)] == ["하나", "둘"]


async def test_skipping_leaves_one_answer_on_every_page(conversation, owner):
    one, other = await two_workers(conversation)
    for worker in (one, other):
        worker.write("다 썼어")
        await worker.finish()
    async with Page(conversation.pk, owner) as here, Page(conversation.pk, owner) as there:
        await here.send(action="skip", turn=str(one.reply.turn_id))
        for page in (here, there):
            html = await page.frame_with("leaf__place")
            assert html.count('class="reply__text"') == 1
    assert not await database_sync_to_async(Comparison.objects.exists)()
