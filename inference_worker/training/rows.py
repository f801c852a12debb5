"""Training rows in memory. `row_files` reads them."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from typing import Literal, get_args

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)

Message = dict[str, str]


@dataclass(frozen=True)
class ChatRow:
    """A conversation whose assistant turns are to be learned. The last message is the assistant's.

    `category` names what a row is about, where a measurement goes by it (the kinds of danger in safety rows).
    """

    id: str
    messages: tuple[Message, ...]
    split: str = "train"
    category: str = ""

    @property
    def prompt(self) -> list[Message]:
        """Everything before the last reply."""
        return list(self.messages[:-1])

    @property
    def reply(self) -> str:
        """The last reply."""
        return self.messages[-1]["content"]


@dataclass(frozen=True)
class PreferenceRow:
    """To `prompt` (messages that end with the user's), `chosen` is better than `rejected`."""

    prompt: tuple[Message, ...]
    chosen: str
    rejected: str

    @property
    def key(self) -> str:
        """A hash of the prompt: rows that share it belong to the same side of any split."""
        return prompt_key(list(self.prompt))


@dataclass(frozen=True)
class UnpairedRow:
    """To `prompt`, `reply` was good or it was not; there is no second reply to compare it with."""

    prompt: tuple[Message, ...]
    reply: str
    is_good: bool


def prompt_key(messages: list[Message]) -> str:
    """SHA-256 (hex) of a prompt's roles and texts."""
    return hashlib.sha256(json.dumps(messages, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def natural_pairs(own: list[ChatRow], other: list[ChatRow]) -> list[PreferenceRow]:
    """Pairs that need no voter: the own style is chosen, and what the other persona said at the same place is rejected.

    Rows of two personas belong together by their id. In a dialogue the turns before are the own persona's.
    """
    others = {row.id: row.reply for row in other}
    return [PreferenceRow(tuple(row.prompt), row.reply, others[row.id]) for row in own if row.id in others]


def hold_out(
    rows: list[PreferenceRow], share: float, minimum: int = 5
) -> tuple[list[PreferenceRow], list[PreferenceRow]]:
    """Divide rows into (training, held out), whole prompts at a time, the same way every night.

    About `share` of the prompts is held out, at least `minimum` (or a third, where there are very few).
    """
    keys = sorted({row.key for row in rows})
    count = max(round(len(keys) * share), min(minimum, len(keys) // 3))
    kept_out = set(keys[:count])
    return [row for row in rows if row.key not in kept_out], [row for row in rows if row.key in kept_out]


def sample_rows(rows: list, count: int, seed: int) -> list:
    """At most `count` rows, the same ones for the same seed, in a shuffled order."""
    return random.Random(seed).sample(rows, min(count, len(rows)))  # noqa: S311  repeatable, not secret
