"""How often somebody may do something, counted in Redis: one number per limit, person and stretch of time.

A stretch is a minute, an hour or a day by Seoul's clock, so that everybody can be told when the next one begins. Its
number expires with it. A Redis that does not answer counts nothing and refuses nobody.
"""

import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from config.addresses import address_of_request

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
SEOUL_IS_AHEAD = 9 * HOUR  # Korea has no summer time

# KEYS: the number. ARGV: the most it may be, the least it must be by now, seconds until it expires.
_COUNT = """
local count = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[2]))
if count >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], count + 1, 'EX', ARGV[3])
return 1
"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """At most so often in a stretch of so many seconds. Zero means as often as one likes."""

    name: str
    most: int
    seconds: int


class LimitReached(Exception):
    """This was once too often. `seconds` are left until there is room again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"room again in {seconds} s")
        self.seconds = seconds


def count(limit: Limit, who: str, *, at_least: int = 0) -> None:
    """Count one more for `who`, in one step that no other can come between. Raises LimitReached, and counts nothing.

    `at_least` is what is known from elsewhere to have been counted: a Redis that was emptied forgets.
    """
    if not limit.most or not who:
        return
    now = int(time.time()) + SEOUL_IS_AHEAD
    left = limit.seconds - now % limit.seconds
    key = f"limit:{limit.name}:{who}:{now // limit.seconds}"
    try:
        has_room = _client(settings.REDIS_URL).eval(_COUNT, 1, key, limit.most, at_least, left)
    except redis.RedisError:
        logger.warning("%s were not counted: Redis does not answer", limit.name)
        return
    if not has_room:
        raise LimitReached(left)


@lru_cache(maxsize=1)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)


def count_start(request: HttpRequest, what: str) -> None:
    """Count that somebody at this address begins a thing that stays: a test, a conversation. Raises LimitReached.

    By address, since who floods a site throws its cookies away.
    """
    count(Limit(f"address-{what}", settings.ADDRESS_STARTS_AN_HOUR, HOUR), address_of_request(request))


def when(seconds: int) -> Promise:
    """When to come back, in words that a sentence goes on from: "3분 뒤에"."""
    if seconds < MINUTE:
        return format_lazy(_("{n}초 뒤에"), n=seconds)
    if seconds <= HOUR:
        return format_lazy(_("{n}분 뒤에"), n=ceil(seconds / MINUTE))
    return format_lazy(_("{n}시간 뒤에"), n=ceil(seconds / HOUR))


class LimitMiddleware(MiddlewareMixin):
    """A page for who reached a limit, where the view has no better place for the words."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, LimitReached):
            return None
        response = render(request, "429.html", {"when": when(error.seconds)}, status=429)
        response["Retry-After"] = str(error.seconds)
        response["Cache-Control"] = "no-store"
        return response
