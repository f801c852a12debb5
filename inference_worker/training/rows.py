"""Training rows on disk and in memory.

Three kinds of file, all JSON lines: instruction rows (one persona's replies, with a fixed split), preference rows
(`{"prompt", "chosen", "rejected"}`, as TRL knows them), and general chat for the warm-up, which may be a CSV file too.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPLITS = ("train", "validation", "test")

Message = dict[str, str]


class RowError(ValueError):
    """A row that cannot be read. The message names file, line and field."""

    def __init__(self, path: Path, line: int, field: str, problem: str) -> None:
        super().__init__(f"{path}, line {line}, field {field!r}: {problem}")
        self.path, self.line, self.field = path, line, field


@dataclass(frozen=True)
class ChatRow:
    """A conversation whose assistant turns are to be learned. The last message is the assistant's."""

    id: str
    messages: tuple[Message, ...]
    split: str = "train"

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


def prompt_key(messages: list[Message]) -> str:
    """SHA-256 (hex) of a prompt's roles and texts."""
    return hashlib.sha256(json.dumps(messages, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_instruction_rows(path: Path, *, split: str | None = None) -> list[ChatRow]:
    """One persona's rows: `{"id", "instruction", "input", "output", "split"}`.

    `input` is extra text that belongs to the message and may be empty. Without `split`, all rows come back.

    Raises:
        RowError: a line is no JSON object, a field is missing, empty or of the wrong type, or an id occurs twice.
    """
    rows, seen = [], set()
    for line, data in _read_json_lines(path):
        row = _instruction_row(path, line, data)
        if row.id in seen:
            raise RowError(path, line, "id", f"{row.id!r} occurs twice")
        seen.add(row.id)
        if split in (None, row.split):
            rows.append(row)
    return rows


def read_preference_rows(path: Path) -> list[PreferenceRow]:
    """Preference rows; `prompt` is text or messages, `chosen` and `rejected` are text or one assistant message.

    Raises:
        RowError: a line cannot be read.
    """
    return [
        PreferenceRow(
            prompt=_prompt_messages(path, line, data.get("prompt")),
            chosen=_reply_text(path, line, "chosen", data.get("chosen")),
            rejected=_reply_text(path, line, "rejected", data.get("rejected")),
        )
        for line, data in _read_json_lines(path)
    ]


def read_chitchat_rows(path: Path) -> list[ChatRow]:
    """General chat for the warm-up: a CSV file with the columns Q and A, or JSON lines of instruction rows.

    Raises:
        RowError: a line cannot be read.
    """
    if path.suffix.lower() != ".csv":
        return [
            _instruction_row(path, line, {"id": f"{path.stem}-{line}", "split": "train", "input": "", **data})
            for line, data in _read_json_lines(path)
        ]
    rows = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for line, data in enumerate(csv.DictReader(stream), start=2):
            question, answer = (_text(path, line, name, data.get(name)) for name in ("Q", "A"))
            rows.append(ChatRow(f"{path.stem}-{line}", _exchange(question, answer)))
    return rows


def natural_pairs(own: list[ChatRow], other: list[ChatRow]) -> list[PreferenceRow]:
    """Pairs that need no voter: to the same prompt, the own style is chosen and the other persona's is rejected."""
    others = {prompt_key(row.prompt): row.reply for row in other}
    return [
        PreferenceRow(tuple(row.prompt), row.reply, others[prompt_key(row.prompt)])
        for row in own
        if prompt_key(row.prompt) in others
    ]


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


def rows_sha256(*paths: Path) -> str:
    """SHA-256 (hex) over the files' contents, in the order given."""
    total = hashlib.sha256()
    for path in paths:
        total.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return total.hexdigest()


def _read_json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with Path(path).open(encoding="utf-8") as stream:
        for line, text in enumerate(stream, start=1):
            if not text.strip():
                continue
            try:
                data = json.loads(text)
            except ValueError as error:
                raise RowError(path, line, "", f"not JSON ({error})") from error
            if not isinstance(data, dict):
                raise RowError(path, line, "", "not a JSON object")
            yield line, data


def _instruction_row(path: Path, line: int, data: dict[str, Any]) -> ChatRow:
    fields = {name: _text(path, line, name, data.get(name)) for name in ("id", "instruction", "output")}
    extra = data.get("input") or ""
    if not isinstance(extra, str):
        raise RowError(path, line, "input", "must be text")
    split = data.get("split")
    if split not in SPLITS:
        raise RowError(path, line, "split", f"{split!r} is none of {', '.join(SPLITS)}")
    question = "\n".join(part for part in (fields["instruction"], extra.strip()) if part)
    return ChatRow(fields["id"], _exchange(question, fields["output"]), split)


def _exchange(question: str, answer: str) -> tuple[Message, Message]:
    return {"role": "user", "content": question}, {"role": "assistant", "content": answer}


def _text(path: Path, line: int, field: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RowError(path, line, field, "must be text that isn't empty")
    return value.strip()


def _prompt_messages(path: Path, line: int, value: Any) -> tuple[Message, ...]:
    if isinstance(value, str):
        value = [{"role": "user", "content": value}]
    if not isinstance(value, list) or not value:
        raise RowError(path, line, "prompt", "must be text or a list of messages")
    messages = []
    for message in value:
        if not isinstance(message, dict) or message.get("role") not in ("system", "user", "assistant"):
            raise RowError(path, line, "prompt", f"{message!r} is no message with a role and a content")
        messages.append({"role": message["role"], "content": _text(path, line, "prompt", message.get("content"))})
    if messages[-1]["role"] != "user":
        raise RowError(path, line, "prompt", "must end with the user's message")
    return tuple(messages)


def _reply_text(path: Path, line: int, field: str, value: Any) -> str:
    if isinstance(value, list):
        if len(value) != 1 or not isinstance(value[0], dict) or value[0].get("role") != "assistant":
            raise RowError(path, line, field, "must be text or one assistant message")
        value = value[0].get("content")
    return _text(path, line, field, value)
