"""Rows in which somebody is in danger: flagged at the desk, never approved in bulk, and left out of whatever trains."""

from collections.abc import Iterable
from functools import lru_cache

from moderation import danger_of, danger_of_reply, is_sexual

Message = dict[str, str]


@lru_cache(maxsize=4096)  # the same rows are asked about again and again
def is_dangerous(text: str) -> bool:
    """Whether a visitor's message may not be answered by a model; such a message teaches none either."""
    return danger_of(text) is not None or is_sexual(text)


@lru_cache(maxsize=4096)
def is_dangerous_reply(text: str) -> bool:
    """The same of a reply."""
    return danger_of_reply(text) is not None or is_sexual(text)


def holds_danger(messages: Iterable[Message], *replies: str) -> bool:
    """Whether any message of a talk, or any reply to it, is dangerous."""
    return any(map(is_dangerous_reply, replies)) or any(
        (is_dangerous if message["role"] == "user" else is_dangerous_reply)(message["content"]) for message in messages
    )
