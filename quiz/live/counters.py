"""The counters in Redis, one hash for all time and one for each Seoul day: `<quiz id>:<kind>` -> finished walks.

Pages never count rows. A hash without its READY mark (Redis was emptied, or never filled) is counted anew from the
database by whoever notices first. What ends at the very moment of a count may be missed or counted twice until the
next one, a few minutes later.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from config.days import today_began
from quiz.models import Result

ALL = "quiz:takers"
READY = "ready"
COUNTING = "quiz:takers:counting"  # held by the process that counts anew
COUNTING_SECONDS = 30
PUSHED = "quiz:takers:pushed"  # there for as long as nothing more is pushed
PUSH_SECONDS = 1.0
KEPT_DAYS = 2
ANSWER_SECONDS = 0.5  # a page waits no longer for Redis

Counts = dict[tuple[int, str], int]


def add(result: Result) -> bool:
    """Count one more; whether the open pages should be told now (once a PUSH_SECONDS). Raises RedisError."""
    field = f"{result.type.quiz_id}:{result.type.kind}"
    pipeline = _client().pipeline()
    for key in (ALL, _day(timezone.localdate())):
        pipeline.hincrby(key, field)
    pipeline.expire(_day(timezone.localdate()), KEPT_DAYS * 24 * 3600)
    pipeline.set(PUSHED, 1, nx=True, px=round(PUSH_SECONDS * 1000))
    return bool(pipeline.execute()[-1])


def read() -> tuple[Counts, Counts] | None:
    """Counts of all time and of today; None while another process counts them anew. Raises RedisError."""
    client = _client()
    pipeline = client.pipeline()
    for key in (ALL, _day(timezone.localdate())):
        pipeline.hgetall(key)
    everything, today = pipeline.execute()
    if READY in everything:
        return _parsed(everything), _parsed(today)
    if not client.set(COUNTING, 1, nx=True, ex=COUNTING_SECONDS):
        return None
    reconcile()
    client.delete(COUNTING)
    return read()


def reconcile() -> None:
    """Replace both hashes by what the database says. Raises RedisError."""
    counted = Result.objects.filter(is_counted=True).order_by()
    day = _day(timezone.localdate())
    everything, today = _by_type(counted), _by_type(counted.filter(created_at__gte=today_began()))
    pipeline = _client().pipeline()
    pipeline.delete(ALL, day)
    pipeline.hset(ALL, mapping={**everything, READY: 1})
    pipeline.hset(day, mapping={**today, READY: 1})
    pipeline.expire(day, KEPT_DAYS * 24 * 3600)
    pipeline.execute()


def _by_type(results: QuerySet[Result]) -> dict[Any, int]:
    rows = results.values_list("type__quiz_id", "type__kind").annotate(Count("pk"))
    return {f"{quiz_id}:{kind}": count for quiz_id, kind, count in rows}


def _parsed(fields: Mapping[str, str]) -> Counts:
    counts = {}
    for field, count in fields.items():
        quiz_id, _, kind = field.partition(":")
        if kind:
            counts[int(quiz_id), kind] = int(count)
    return counts


def _day(day: date) -> str:
    return f"{ALL}:{day.isoformat()}"


def _client() -> redis.Redis:
    return _client_of(settings.REDIS_URL)


@lru_cache(maxsize=2)
def _client_of(url: str) -> redis.Redis:
    """One pool of connections for all threads of the process."""
    return redis.Redis.from_url(
        url, decode_responses=True, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
    )
