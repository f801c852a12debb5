"""Slots of written replies: `{name}`, `{pet}`, `{time}`, `{date}`, `{weekday}`, filled with what is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

_SLOT = re.compile(r"\{([a-z]+)\}")
_WEEKDAYS = "월화수목금토일"

# How a fact is called in a prompt, and the slot that it fills.
FACT_SLOTS = {"이름": "name", "반려동물": "pet"}


def slot_values(facts: Mapping[str, str], now: datetime | None) -> dict[str, str]:
    """What each slot may be filled with: facts by their slot's name, and the visitor's time."""
    values = {slot: facts[fact] for fact, slot in FACT_SLOTS.items() if fact in facts}
    if now:
        values |= {"time": _clock(now), "date": date_in_words(now), "weekday": weekday_in_words(now)}
    return values


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its slots filled. Raises KeyError for a slot without a value: `Exchange.fits` is asked before."""
    return _SLOT.sub(lambda match: values[match[1]], text)


def date_in_words(now: datetime) -> str:
    """As in `11월 28일`."""
    return f"{now.month}월 {now.day}일"


def weekday_in_words(now: datetime) -> str:
    """As in `토요일`."""
    return f"{_WEEKDAYS[now.weekday()]}요일"


def _clock(now: datetime) -> str:
    """As in `오후 11시 40분`."""
    half, hour = ("오전", "오후")[now.hour >= 12], now.hour % 12 or 12
    return f"{half} {hour}시 {now.minute}분" if now.minute else f"{half} {hour}시"
