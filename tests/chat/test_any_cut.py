"""However often and wherever the line is cut, a page ends with the same text: nothing lost, nothing twice."""

import re
from html import unescape

import pytest
from channels.db import database_sync_to_async
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from personas.chat.markdown import reply_html
from personas.chat.models import Conversation, Reply
from personas.chat.services import conversation_start, turn_send
from personas.privacy.models import Visitor
from personas.registry.models import Persona
from tests.chat.stage import Page, Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

# As a tokenizer gives them: halves of words, blanks, an emoji of seven code points, markup of two kinds.
DELTAS = [
    "헉",
    ", ",
    "장애",
    "라니",
    " ",
    "심장",
    "했겠",
    "다",
    "ㅠㅠ",
    "\n\n",
    "<b>",
    "&amp;",
    "👨‍👩‍👧‍👦",
    "**",
    "로그",
    "**부터",
]
WHOLE = "".join(DELTAS)
DRAWN = unescape(reply_html(WHOLE))

# Whether the line holds while each delta is written: every way of cutting it, once or many times.
LINES = st.lists(st.booleans(), min_size=len(DELTAS), max_size=len(DELTAS))
MISHAPS = st.none() | st.tuples(st.sampled_from(["redis emptied", "worker lost"]), st.integers(1, len(DELTAS) - 1))


class Browser:
    """A page as a browser keeps it: what it shows stays while the line is cut, and it says so when it comes back."""

    def __init__(self, conversation: Conversation, visitor: Visitor) -> None:
        self._who = (conversation.pk, visitor)
        self._line: Page | None = None
        self.texts: dict[str, str] = {}
        self.version = ""

    async def connect(self) -> None:
        if self._line is None:
            self._line = await Page(*self._who, version=self.version).__aenter__()
            self._line.texts = self.texts

    async def cut(self) -> None:
        if self._line is not None:
            versions = re.findall(r'data-version="(\w+)"', "".join(self._line.frames))
            self.version = versions[-1] if versions else self.version
            await self._line.__aexit__()
            self._line = None

    async def shows(self, reply: Reply, text: str) -> None:
        await self._line.shows(reply, text)


async def write_over(line: list[bool], reply: Reply, browser: Browser, mishap: tuple[str, int] | None, redis) -> None:
    """Write the reply while the line is cut and joined as said, with a mishap before one of the deltas."""
    worker = Worker(reply)
    await worker.start()
    for number, (delta, holds) in enumerate(zip(DELTAS, line, strict=True)):
        await (browser.connect() if holds else browser.cut())
        if mishap == ("redis emptied", number):
            redis.flushall()
        if mishap == ("worker lost", number):
            worker = await taken_over(reply)
            worker.write("".join(DELTAS[:number]))
        worker.write(delta)
        if holds:
            await browser.shows(reply, worker.log.text)
    await worker.finish()


async def taken_over(reply: Reply) -> Worker:
    """The first worker is dead; another begins anew."""
    await database_sync_to_async(Reply.objects.filter(pk=reply.pk).update)(attempt=2, status=Reply.Status.QUEUED)
    worker = Worker(reply, attempt=2)
    await worker.start()
    return worker


@database_sync_to_async
def asked(owner: Visitor, egen: Persona) -> tuple[Conversation, Reply]:
    conversation = conversation_start(visitor=owner, persona=egen)
    return conversation, turn_send(conversation=conversation, text="오늘 배포하다 장애 냈어").replies.get()


async def assert_ends_with_the_whole(line, mishap, owner, egen, redis) -> None:
    conversation, reply = await asked(owner, egen)
    browser = Browser(conversation, owner)
    await write_over(line, reply, browser, mishap, redis)
    await browser.connect()
    await browser.shows(reply, DRAWN)
    await browser.cut()
    await database_sync_to_async(reply.refresh_from_db)()
    assert (reply.status, reply.text) == (Reply.Status.DONE, WHOLE)


@pytest.mark.parametrize("cut", range(len(DELTAS)))
async def test_cut_after_every_single_delta(cut, owner, egen, redis_client):
    line = [number != cut for number in range(len(DELTAS))]
    await assert_ends_with_the_whole(line, None, owner, egen, redis_client)


async def test_cut_after_all_of_them(owner, egen, redis_client):
    line = [number % 2 == 0 for number in range(len(DELTAS))]
    await assert_ends_with_the_whole(line, None, owner, egen, redis_client)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(line=LINES, mishap=MISHAPS)
@example(line=[True] * len(DELTAS), mishap=("redis emptied", 5))
@example(line=[True] * len(DELTAS), mishap=("worker lost", 5))
async def test_cut_anywhere_with_a_mishap_or_without(owner, egen, redis_client, line, mishap):
    await assert_ends_with_the_whole(line, mishap, owner, egen, redis_client)
