"""Rows in which somebody is in danger: flagged at the desk, never approved in bulk, and left out of whatever trains."""

from collections.abc import Iterable
from functools import lru_cache

from moderation import danger_of, is_sexual

Message = dict[str, str]


def is_dangerous(text: str) -> bool:
    """Whether a visitor's message may not be answered by a model; such a message teaches none either."""
    return _danger_in(text) is not None or is_sexual(text)


def is_dangerous_reply(text: str) -> bool:
    """The same of a reply. A guess is not enough there: it is no visitor who speaks."""
    return _danger_in(text) not in (None, "ask") or is_sexual(text)


def holds_danger(messages: Iterable[Message], *replies: str) -> bool:
    """Whether any message of a talk, or any reply to it, is dangerous."""
    return any(map(is_dangerous_reply, replies)) or any(
        (is_dangerous if message["role"] == "user" else is_dangerous_reply)(message["content"]) for message in messages
    )


@lru_cache(maxsize=4096)
def _danger_in(text: str) -> str | None:
    """How soon, since the same rows are asked about again and again; None where there is no danger."""
    danger = danger_of(text)
    return danger.acute if danger else None
