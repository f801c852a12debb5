"""Words reach the page as they are written, and survive reloads, second tabs and second workers."""

import asyncio
from contextlib import suppress

import pytest
from channels.db import database_sync_to_async
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import RedisError

from inference_worker.contracts import StreamEntry
from personas.chat import reply_stream
from personas.chat.consumers import ChatConsumer
from personas.chat.log import log_of
from personas.chat.models import Reply
from personas.chat.reply_stream import Append, Position, Replace
from tests.chat.stage import Page, Worker, newest_reply

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

WORDS = ["헉, ", "장애라니 ", "심장 ", "철렁했겠다ㅠㅠ ", "지금은 ", "어때? ", "🥺 ", "로그부터 ", "같이 ", "볼까?"]


async def test_words_arrive_one_by_one(conversation, owner, redis_server):
    async with Page(conversation.pk, owner) as page:
        await page.send(action="send", text="오늘 배포하다 장애 냈어")
        await page.frame_with("오늘 배포하다 장애 냈어")
        worker = Worker(await newest_reply(conversation))
        await worker.start()
        for word in WORDS:
            worker.write(word)
            await page.shows(worker.reply, worker.log.text)
        assert len([html for html in page.frames if "hx-swap-oob" in html and "#text-" in html]) == len(WORDS)
        await worker.finish()
        last = await page.frame_with("다른 답 보기")
        assert "".join(WORDS) in last and "aria-busy" not in last and "멈추기" not in last


async def test_a_reload_in_mid_reply_shows_the_text_so_far_and_goes_on(reply, conversation, owner):
    worker = Worker(reply)
    await worker.start()
    worker.write("헉, 장애라니")
    async with Page(conversation.pk, owner) as page:
        await page.shows(reply, "헉, 장애라니")
    worker.write(" 심장")
    async with Page(conversation.pk, owner) as page:
        await page.shows(reply, "헉, 장애라니 심장")
        worker.write(" 철렁했겠다")
        await page.shows(reply, "헉, 장애라니 심장 철렁했겠다")


async def test_two_pages_show_the_same(conversation, owner, redis_server):
    async with Page(conversation.pk, owner) as one, Page(conversation.pk, owner) as two:
        await one.send(action="send", text="안녕")
        await two.frame_with("안녕")
        worker = Worker(await newest_reply(conversation))
        await worker.start()
        worker.write("안녕~")
        await one.shows(worker.reply, "안녕~")
        await two.shows(worker.reply, "안녕~")
        await worker.finish()
        await one.frame_with("다른 답 보기")
        await two.frame_with("다른 답 보기")


async def test_what_a_page_did_before_it_left_is_on_the_others(conversation, owner, monkeypatch):
    """Its next line is one of them, and may have read the log a moment too early."""

    class HasLeft(OSError):
        """What a server raises when it sends to nobody."""

    async def sends_to_nobody(consumer, message):
        raise HasLeft

    async with Page(conversation.pk, owner) as other:
        monkeypatch.setattr(ChatConsumer, "_notice", sends_to_nobody)
        with suppress(HasLeft):
            async with Page(conversation.pk, owner) as leaving:
                await leaving.send(action="send", text="지하철에서 쓴 말")
        await other.frame_with("지하철에서 쓴 말")


async def test_a_later_attempt_replaces_the_half_text_and_the_dead_workers_words_are_refused(
    reply, conversation, owner
):
    first = Worker(reply)
    await first.start()
    async with Page(conversation.pk, owner) as page:
        first.write("반쪽짜리")
        await page.shows(reply, "반쪽짜리")
        await database_sync_to_async(Reply.objects.filter(pk=reply.pk).update)(attempt=2, status=Reply.Status.QUEUED)
        second = Worker(reply, attempt=2)
        await second.start()
        second.write("처음부터")
        await page.shows(reply, "처음부터")
        assert not await first.finish()
        await second.finish()
        await page.frame_with("다른 답 보기")
        assert page.texts[str(reply.pk)] == "처음부터"


async def test_a_page_that_shows_the_newest_log_is_sent_nothing(reply, conversation, owner):
    worker = Worker(reply)
    await worker.start()
    await worker.finish()
    version = (await database_sync_to_async(log_of)(conversation)).version
    async with Page(conversation.pk, owner, version=version) as page:
        assert await page.is_quiet()


async def test_a_page_that_slept_is_sent_the_whole_log(reply, conversation, owner):
    worker = Worker(reply)
    await worker.start()
    worker.write("다 끝났어")
    await worker.finish()
    async with Page(conversation.pk, owner, version="old") as page:
        html = await page.frame()
        assert 'id="log"' in html and "오늘 배포하다 장애 냈어" in html and "다 끝났어" in html


async def test_the_database_answers_when_the_stream_is_gone(reply, conversation, owner, redis_client):
    worker = Worker(reply)
    await worker.start()
    worker.write("안녕")
    async with Page(conversation.pk, owner) as page:
        await page.shows(reply, "안녕")
        redis_client.flushall()
        await worker.finish()
        redis_client.flushall()
        await page.frame_with("다른 답 보기")
        assert page.texts[str(reply.pk)] == "안녕"


async def test_a_reader_that_is_told_to_end_ends_though_a_library_swallows_the_word(reply, monkeypatch):
    reads = 0

    async def read_that_swallows(client, reply_id, after):
        nonlocal reads
        reads += 1
        try:
            await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            raise RedisError("timed out") from None
        return [], after

    async def read_on():
        async for _change in reply_stream.follow(reply.pk):
            pass

    monkeypatch.setattr(reply_stream, "_read", read_that_swallows)
    reader = asyncio.create_task(read_on())
    await asyncio.sleep(0.1)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(reader, timeout=5)
    assert reads <= 3


async def test_what_a_model_writes_stays_text(reply, conversation, owner):
    worker = Worker(reply)
    await worker.start()
    bad = '<script>alert(1)</script><img src=x onerror="alert(1)"><b hx-get="/">'
    async with Page(conversation.pk, owner) as page:
        worker.write(bad[:10])
        await page.shows(reply, bad[:10])
        worker.write(bad[10:])
        await page.shows(reply, bad)
        await worker.finish()
        await page.frame_with("다른 답 보기")
    assert not any(tag in html for html in page.frames for tag in ("<script", "<img", "<b "))


@given(st.data())
async def test_any_cuts_repeats_and_losses_of_redis_give_the_text_once(data):
    text = data.draw(st.text(min_size=1, max_size=40))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)) | {0, len(text)})
    entries = [StreamEntry(1, a, text[a:b]) for a, b in zip(cuts, cuts[1:], strict=False)]
    # Redis came back empty after some entry: the worker tells everything again from the beginning.
    retold = data.draw(st.integers(0, len(entries)))
    entries.insert(retold, StreamEntry(1, 0, text[: cuts[retold]]))
    position, shown = Position(), ""
    while entries:
        batch = data.draw(st.integers(1, len(entries)))
        change = position.take(entries[:batch])
        entries = entries[batch:]
        match change:
            case Replace(new):
                shown = new
            case Append(new):
                shown += new
    assert shown == text
