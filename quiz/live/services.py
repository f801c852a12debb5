"""Counting a result, and telling the pages that are open."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from quiz.live import counters
from quiz.models import Result

CHANNEL_GROUP = "live"

logger = logging.getLogger(__name__)


def result_count(*, result: Result) -> None:
    """Count a result that has just been committed. Without Redis it is counted by the next reconciliation."""
    if not result.is_counted:
        return
    try:
        if counters.add(result):
            async_to_sync(get_channel_layer().group_send)(CHANNEL_GROUP, {"type": "tally.changed"})
    except (RedisError, OSError):
        logger.warning("a result was not counted live: Redis does not answer")
