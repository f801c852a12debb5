"""Written exchanges: wordings of one thing that people say, and the replies of each persona to it.

The repository's own lie in personas/data/intents/*.jsonl, a line each:
{"id": "food-012", "wordings": [...], "replies": {"egen": [...], "teto": [...]}}. Their split follows from the id, so
that a row never moves from one side to the other when others are added.

A reply may have slots for what is known of the visitor and of the hour ("{name}잖아!"): such an exchange `needs` these
facts, and its twin that `lacks` them says that nobody has told it yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference_worker.training.row_files import RowError, read_json_lines
from inference_worker.training.rows import ChatRow, Message, Split

HELD_OUT_SHARE = 0.03  # of the intents, for validation and for the test each: what is held out is missed by visitors


@dataclass(frozen=True)
class Exchange:
    """What several wordings say, and what each persona answers. `id` names it for good."""

    id: str
    wordings: tuple[str, ...]
    replies: dict[str, tuple[str, ...]]
    needs: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    row: str = ""  # the id of the talk that it was taken from
    is_private: bool = False  # its wordings are a visitor's own words: looked up with, and never shown to a model

    def fits(self, facts: Iterable[str]) -> bool:
        """Whether its replies can be given where these facts are known."""
        known = set(facts)
        return self.needs <= known and not self.lacks & known

    @property
    def split(self) -> Split:
        """Of the row that it comes from."""
        return split_of(self.row or self.id)


@dataclass(frozen=True)
class Talk:
    """A talk of several turns that every persona answers in its own words: as many `replies` each as `turns`."""

    id: str
    turns: tuple[str, ...]
    replies: dict[str, tuple[str, ...]]

    def row(self, persona: str) -> ChatRow:
        """The whole talk as this persona has it."""
        messages: list[Message] = []
        for said, answered in zip(self.turns, self.replies[persona], strict=True):
            messages += [{"role": "user", "content": said}, {"role": "assistant", "content": answered}]
        return ChatRow(f"talk-{self.id}", tuple(messages), split_of(self.id))

    def follow_ups(self) -> list[Exchange]:
        """Its later turns as exchanges, each said after the turn before it: how a follow-up is looked up."""
        return [
            Exchange(
                id=f"{self.id}/{turn + 1}",
                wordings=(f"{self.turns[turn - 1]} {self.turns[turn]}",),
                replies={slug: (given[turn],) for slug, given in self.replies.items()},
                row=self.id,
            )
            for turn in range(1, len(self.turns))
        ]


def split_of(row_id: str) -> Split:
    """`train`, `validation` or `test`, by the id alone."""
    place = int(hashlib.sha256(row_id.encode()).hexdigest()[:8], 16) / 16**8
    if place < HELD_OUT_SHARE:
        return "test"
    return "validation" if place < 2 * HELD_OUT_SHARE else "train"


def first_row(exchange: Exchange, persona: str) -> ChatRow:
    """The exchange as one training row: its first wording and the persona's first reply."""
    said, answered = exchange.wordings[0], exchange.replies[persona][0]
    messages = ({"role": "user", "content": said}, {"role": "assistant", "content": answered})
    return ChatRow(exchange.id, messages, exchange.split)


def read_exchanges(*files: Path) -> list[Exchange]:
    """The exchanges in these files, in the order of the files' names.

    Raises:
        RowError: a line is no exchange; the message names file, line and field.
    """
    return [_exchange(file, line, data) for file in sorted(files) for line, data in read_json_lines(file)]


def read_talks(*files: Path) -> list[Talk]:
    """The talks in these files. Raises RowError, as `read_exchanges` does."""
    return [_talk(file, line, data) for file in sorted(files) for line, data in read_json_lines(file)]


def _exchange(file: Path, line: int, data: dict[str, Any]) -> Exchange:
    return Exchange(
        id=_id(file, line, data),
        wordings=_texts(file, line, "wordings", data.get("wordings")),
        replies=_replies(file, line, data),
        needs=_slots(file, line, data, "needs"),
        lacks=_slots(file, line, data, "lacks"),
    )


def _talk(file: Path, line: int, data: dict[str, Any]) -> Talk:
    turns, replies = _texts(file, line, "turns", data.get("turns")), _replies(file, line, data)
    for slug, given in replies.items():
        if len(given) != len(turns):
            raise RowError(
                file, line, f"replies.{slug}", f"{len(given)} replies to {len(turns)} turns; give one to each"
            )
    return Talk(_id(file, line, data), turns, replies)


def _id(file: Path, line: int, data: dict[str, Any]) -> str:
    if not isinstance(data.get("id"), str) or not data["id"]:
        raise RowError(file, line, "id", "must be text that isn't empty")
    return data["id"]


def _replies(file: Path, line: int, data: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    replies = data.get("replies")
    if not isinstance(replies, dict) or not replies:
        raise RowError(file, line, "replies", "must name at least one persona with its replies")
    return {slug: _texts(file, line, f"replies.{slug}", given) for slug, given in replies.items()}


def _slots(file: Path, line: int, data: dict[str, Any], field: str) -> frozenset[str]:
    return frozenset(_texts(file, line, field, data[field])) if field in data else frozenset()


def _texts(file: Path, line: int, field: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(text, str) and text.strip() for text in value):
        raise RowError(file, line, field, "must be a list of texts that aren't empty")
    return tuple(" ".join(text.split()) for text in value)
