"""Visitors with conversations on a site that runs, the sockets of their pages, and the worker's times."""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass

from websockets.asyncio.client import connect

from tests.e2e.site import Site

LONG_STORY = "옛날이야기를 아주 길게 해 줘"

# A persona without an adapter rambles on to its last token, so that every reply is as long.
_SEED = """
from config.visitors import signed
from personas.chat.services import conversation_start
from personas.privacy.models import Visitor
from personas.registry.models import Persona
rambler, _made = Persona.objects.update_or_create(slug="rambler", defaults=dict(
    name="수다", name_en="Rambler", tagline="말이 많다", tagline_en="Talks a lot", color="#555555",
    sampling={"max_new_tokens": 120, "temperature": 1.0, "repetition_penalty": 1.0}))
for _ in range(COUNT):
    visitor = Visitor.objects.create()
    print(signed(visitor.pk), conversation_start(visitor=visitor, persona=rambler).pk)
"""
_TIMES = """
from personas.chat.models import Reply
for reply in Reply.objects.filter(status="done"):
    print(reply.pk, reply.started_at.timestamp(), reply.finished_at.timestamp())
Reply.objects.all().delete()
"""


@dataclass(frozen=True)
class Visitor:
    """Somebody with an empty conversation that talks at length."""

    port: int
    cookie: str
    conversation: str

    def socket(self) -> connect:
        """The socket of their chat page, to be opened."""
        return connect(
            f"ws://127.0.0.1:{self.port}/ws/chat/{self.conversation}/",
            additional_headers={"Cookie": f"visitor={self.cookie}"},
            origin=f"http://127.0.0.1:{self.port}",  # type: ignore[arg-type]
            open_timeout=60,
        )


def visitors(site: Site, count: int) -> list[Visitor]:
    """So many newcomers."""
    lines = site.shell(_SEED.replace("COUNT", str(count))).splitlines()
    return [Visitor(site.port, *line.split()) for line in lines]


@dataclass(frozen=True)
class Talk:
    """What a page saw of one reply, in seconds from sending the message."""

    first: float
    end: float
    flushes: int


async def talk(visitor: Visitor) -> Talk:
    """Send a message and read the reply to its last form."""
    async with visitor.socket() as socket:
        begun = time.perf_counter()
        await socket.send(json.dumps({"action": "send", "text": LONG_STORY, "turn": str(uuid.uuid4())}))
        first, flushes = 0.0, 0
        while True:
            html = str(await asyncio.wait_for(socket.recv(), 120))
            if ":#text-" in html:
                first = first or time.perf_counter() - begun
                flushes += 1
            elif first and 'id="composer-state"' in html and '"stop"' not in html:
                return Talk(first, time.perf_counter() - begun, flushes)


@dataclass(frozen=True)
class Work:
    """When the worker took a reply up and when it had its last token, by the wall clock."""

    begun: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.begun


def work_done(site: Site) -> dict[str, Work]:
    """The worker's times of each finished reply, by its id. The site forgets the replies."""
    lines = [line.split() for line in site.shell(_TIMES).splitlines()]
    return {reply: Work(float(begun), float(ended)) for reply, begun, ended in lines}
