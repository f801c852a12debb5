"""How exemplars, known facts and the talk stand in a prompt: said here once, for training and serving, for every base.

    예: 배고파 죽겠다                     an exemplar: what was said ...
    답: 뭐 먹고 싶은데?                   ... and what was answered; the nearest one stands last
    기억: 이름 지민, 고양이 콩이           what the visitor has told earlier
    지금: 11월 28일 토요일 23시 40분
    말: 배고파 ㅠㅠ                       the message itself

All of it stands in the newest message's turn. The turns before it stay as they were said: they are the same at the next
message, so that what is known of them need not be computed again. A message with nothing beside it stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inference_worker.exemplars.slots import date_in_words, weekday_in_words
from inference_worker.training.rows import Message

# A version's manifest names the form that it was trained for; one without a name reads the talk alone.
PLAIN_FORM = "plain"
EXEMPLAR_FORM = "exemplars-1"

_SAID, _ANSWERED, _KNOWN, _NOW, _MESSAGE = "예", "답", "기억", "지금", "말"
_LABEL = re.compile(rf"(?m)^([^\S\n]*(?:{_SAID}|{_ANSWERED}|{_KNOWN}|{_NOW}|{_MESSAGE}))[^\S\n]*[:：]")


@dataclass(frozen=True)
class Exemplar:
    """One written exchange as a reply sees it. `id` is the exchange's, `persona` who answers so."""

    id: str
    persona: str
    said: str
    reply: str
    similarity: float = 1.0


@dataclass(frozen=True)
class Context:
    """What stands beside a message: exemplars (the nearest first), facts by their name, and the visitor's time."""

    exemplars: Sequence[Exemplar] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None


def in_form(messages: Sequence[Message], context: Context) -> list[Message]:
    """The talk with its newest message in the form above; the turns before it are returned as they are."""
    *before, newest = messages
    lines = list(_context_lines(context))
    if not lines:
        return [*before, newest]
    lines.append(f"{_MESSAGE}: {_harmless(newest['content'])}")
    return [*before, {**newest, "content": "\n".join(lines)}]


def _context_lines(context: Context):
    for exemplar in reversed(context.exemplars):  # the nearest stands nearest to the message
        yield f"{_SAID}: {_in_a_line(exemplar.said)}"
        yield f"{_ANSWERED}: {_in_a_line(exemplar.reply)}"
    if context.facts:
        known = ", ".join(f"{_in_a_line(name)} {_in_a_line(value)}" for name, value in context.facts.items())
        yield f"{_KNOWN}: {known}"
    if context.now:
        yield f"{_NOW}: {now_in_words(context.now)}"


def now_in_words(now: datetime) -> str:
    """As in `11월 28일 토요일 23시 40분`."""
    return f"{date_in_words(now)} {weekday_in_words(now)} {now.hour}시 {now.minute}분"


def _in_a_line(text: str) -> str:
    return " ".join(text.split())


def _harmless(message: str) -> str:
    """A message whose lines look like ours is still one message: the look-alike loses its colon."""
    return _LABEL.sub(r"\1 -", message)
