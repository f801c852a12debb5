"""A reply is plain text while it is written, and drawn once it is whole; what is copied is what was written."""

import pytest
from channels.db import database_sync_to_async

from personas.sharing.services import link_make
from tests.chat.stage import Page, Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

WRITTEN = "**롤백**부터 해.\n\n1. `git revert`\n2. 배포"
DRAWN = "<strong>롤백</strong>부터 해."


async def finished(reply) -> None:
    worker = Worker(reply)
    await worker.start()
    worker.write(WRITTEN)
    await worker.finish()


async def test_words_on_their_way_are_text_and_the_whole_is_drawn(reply, conversation, owner):
    worker = Worker(reply)
    await worker.start()
    async with Page(conversation.pk, owner) as page:
        worker.write(WRITTEN)
        await page.shows(reply, WRITTEN)
        assert not any("<strong>" in html for html in page.frames)
        await worker.finish()
        assert DRAWN in await page.frame_with("다른 답 보기")


async def test_a_stopped_reply_is_drawn_as_far_as_it_came(reply, conversation, owner):
    worker = Worker(reply)
    await worker.start()
    worker.write("**롤백**부터 **여기서 끊")
    await worker.finish(status="stopped")
    async with Page(conversation.pk, owner) as page:
        assert "<strong>롤백</strong>부터 **여기서 끊" in await page.frame_with("여기서 멈췄어요")


async def test_the_copy_button_carries_what_was_written(reply, owner, visit):
    await finished(reply)
    page = await database_sync_to_async(lambda: visit(owner).get("/chat/egen/").content.decode())()
    assert DRAWN in page and f'data-text="{WRITTEN}"' in page


async def test_others_read_it_drawn_too_and_masked(reply, conversation, owner, client):
    worker = Worker(reply)
    await worker.start()
    worker.write(f"{WRITTEN}\n\n전화는 **010-1234-5678**로 <img src=x>")
    await worker.finish()
    link = await database_sync_to_async(link_make)(conversation=conversation)
    page = await database_sync_to_async(lambda: client.get(f"/s/{link.token}/").content.decode())()
    assert DRAWN in page and "<strong>[전화번호]</strong>" in page and "&lt;img src=x&gt;" in page
