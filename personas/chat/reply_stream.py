"""The reading end of a reply's Redis Stream.

The database is the truth and the stream a window onto it: a reader shows what the window shows, and asks the database
whether the reply is over whenever the stream says so, is silent, or is gone.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from inference_worker.contracts import StreamEntry, stream_key
from personas.chat.models import Reply

SILENCE_SECONDS = 2.0  # how long a quiet stream is believed before the database is asked
FIRST_BACKOFF_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 3.0


@dataclass(frozen=True)
class Replace:
    """The text so far is this, whatever was shown before."""

    text: str


@dataclass(frozen=True)
class Append:
    """More text, to be put after what is shown."""

    text: str


@dataclass(frozen=True)
class Trouble:
    """Redis does not answer. Words may come again later; the reply itself goes on."""


@dataclass(frozen=True)
class Recovered:
    """Redis answers again."""


Change = Replace | Append | Trouble | Recovered


class Position:
    """How far one reader has read: of which attempt, and how many of its characters."""

    def __init__(self) -> None:
        self._attempt = 0
        self._seen = 0

    def take(self, entries: Iterable[StreamEntry]) -> Replace | Append | None:
        """Fold entries into one change. What was seen before adds nothing; entries of an older attempt are refused."""
        replaces, text = False, ""
        for entry in entries:
            if entry.attempt > self._attempt and entry.offset == 0:
                self._attempt, self._seen = entry.attempt, 0
                replaces, text = True, ""
            # Text after a gap would stand in the wrong place: the database has all of it when the reply is over.
            if entry.attempt != self._attempt or entry.offset > self._seen:
                continue
            fresh = entry.text[self._seen - entry.offset :]
            self._seen += len(fresh)
            text += fresh
        if replaces:
            return Replace(text)
        return Append(text) if text else None


async def follow(reply_id: UUID) -> AsyncIterator[Change]:
    """Changes of a reply's text, the first a Replace with all of it so far. Ends when the database says it is over."""
    position, failures, last_id = Position(), 0, "0"
    async with _client() as client:
        while True:
            raise_if_cancelled()
            try:
                entries, last_id = await _read(client, reply_id, last_id)
            except RedisError:
                if failures == 0:
                    yield Trouble()
                if await _is_over(reply_id):
                    return
                await asyncio.sleep(min(FIRST_BACKOFF_SECONDS * 2**failures, LONGEST_BACKOFF_SECONDS))
                # A server that lost its memory begins a new stream; `position` knows what to skip in it.
                failures, last_id = failures + 1, "0"
                continue
            if failures:
                failures = 0
                yield Recovered()
            change = position.take(entries)
            if change is not None:
                yield change
            if (not entries or any(entry.end for entry in entries)) and await _is_over(reply_id):
                return


def raise_if_cancelled() -> None:
    """End a task that was cancelled, even where a library below took the cancellation for a failure of its own.

    Without it a follower whose page has left could go on reading until the server stops.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _client() -> Redis:
    # One try a call: how often and how long to try again is decided in `follow`, which tells the page.
    return Redis.from_url(settings.REDIS_URL, decode_responses=True, retry=Retry(NoBackoff(), 0))


async def _read(client: Redis, reply_id: UUID, after: str) -> tuple[list[StreamEntry], str]:
    """Entries after an id, waiting up to SILENCE_SECONDS for the first, and the id of the last one."""
    answer: Any = await client.xread({stream_key(str(reply_id)): after}, block=int(SILENCE_SECONDS * 1000))
    if not answer:
        return [], after
    [[_key, rows]] = answer
    return [StreamEntry.from_fields(fields) for _id, fields in rows], rows[-1][0]


@database_sync_to_async
def _is_over(reply_id: UUID) -> bool:
    return not Reply.objects.filter(pk=reply_id, status__in=Reply.ACTIVE).exists()
