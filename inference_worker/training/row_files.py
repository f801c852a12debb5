"""Rows on disk: JSON lines or CSV, in the shapes that training data commonly has.

A row's shape follows from its fields:

    messages                   a conversation: [{"role", "content"}, ...], the last one the assistant's
    instruction, input, output one exchange; `input` is extra text that belongs to the message and may be empty
    Q, A                       one exchange
    source, target             what is written, and what is to be made of it
    text, label                what is written, and the word or number to answer with

`id`, `split` and `category` may stand beside them; without them a row is `<file>-<line>`, of the train split.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inference_worker.training.canaries import Canary
from inference_worker.training.rows import SPLITS, ChatRow, Message, PreferenceRow, UnpairedRow
from moderation.composing import composed
from moderation.decoding import NotUnicode, decoded

_EXCHANGES = (("instruction", "output"), ("Q", "A"), ("source", "target"), ("text", "label"))
_ROLES = ("system", "user", "assistant")


class RowError(ValueError):
    """A row that cannot be read. The message names file, line and field."""

    def __init__(self, path: Path, line: int, field: str, problem: str) -> None:
        super().__init__(f"{path}, line {line}, field {field!r}: {problem}")
        self.path, self.line, self.field = path, line, field


def read_chat_rows(path: Path, *, split: str | None = None) -> list[ChatRow]:
    """The conversations in a file, in any shape that the module knows; without `split`, all of them.

    Raises:
        RowError: a line is no JSON object, has no known shape, a field is empty or of the wrong type, or an id occurs
            twice.
    """
    rows, seen = [], set()
    for line, data in _read_lines(path):
        row = _chat_row(path, line, data)
        if row.id in seen:
            raise RowError(path, line, "id", f"{row.id!r} occurs twice")
        seen.add(row.id)
        if split in (None, row.split):
            rows.append(row)
    return rows


def read_preference_rows(path: Path) -> list[PreferenceRow]:
    """Preference rows; `prompt` is text or messages, `chosen` and `rejected` are text or one assistant message.

    Both sides may be whole conversations instead, which differ in their last message.

    Unpaired rows, which have a `label`, may stand beside them (`read_unpaired_rows`).

    Raises:
        RowError: a line cannot be read.
    """
    return [
        PreferenceRow(
            prompt=_prompt_messages(path, line, data.get("prompt")),
            chosen=_reply_text(path, line, "chosen", data.get("chosen")),
            rejected=_reply_text(path, line, "rejected", data.get("rejected")),
        )
        for line, data in _with_explicit_prompts(path)
    ]


def _with_explicit_prompts(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The paired rows. Of two whole conversations, all that they share is the prompt (as ultrafeedback has it)."""
    for line, data in _read_lines(path):
        if "label" in data:
            continue
        sides: list[Any] = [data.get(side) for side in ("chosen", "rejected")]
        if all(isinstance(side, list) and len(side) > 1 for side in sides):
            data = data | _split_conversations(path, line, data.get("prompt"), *sides)
        yield line, data


def _split_conversations(path: Path, line: int, prompt: Any, chosen: list, rejected: list) -> dict[str, Any]:
    shared = chosen[:-1]
    if rejected[:-1] != shared:
        raise RowError(path, line, "rejected", "must be the same conversation as chosen but for the last message")
    said = [message.get("content") for message in shared if isinstance(message, dict)]
    if prompt not in (None, shared, *said):
        raise RowError(path, line, "prompt", "stands nowhere in what chosen and rejected share")
    return {"prompt": shared, "chosen": chosen[-1:], "rejected": rejected[-1:]}


def read_unpaired_rows(path: Path) -> list[UnpairedRow]:
    """Unpaired preference rows: `prompt`, `completion` (text or one assistant message), and `label`, true or false.

    Raises:
        RowError: a line cannot be read.
    """
    return [
        UnpairedRow(
            prompt=_prompt_messages(path, line, data.get("prompt")),
            reply=_reply_text(path, line, "completion", data.get("completion")),
            is_good=_truth(path, line, "label", data["label"]),
        )
        for line, data in _read_lines(path)
        if "label" in data
    ]


def read_canaries(path: Path) -> list[Canary]:
    """Invented secrets: id, secret, said (which holds the secret) and asked (which doesn't).

    Raises:
        RowError: a line cannot be read, or its secret stands where it mustn't.
    """
    canaries = []
    for line, data in _read_lines(path):
        canary = Canary(**{name: _text(path, line, name, data.get(name)) for name in ("id", "secret", "said", "asked")})
        if canary.secret not in canary.said:
            raise RowError(path, line, "said", f"must hold the secret {canary.secret!r}")
        if canary.secret in canary.asked:
            raise RowError(path, line, "asked", f"gives the secret {canary.secret!r} away")
        canaries.append(canary)
    return canaries


def rows_sha256(*paths: Path) -> str:
    """SHA-256 (hex) over the files' contents, in the order given."""
    total = hashlib.sha256()
    for path in paths:
        total.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return total.hexdigest()


def _read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    return _read_table(path) if path.suffix.lower() == ".csv" else read_json_lines(path)


def _read_table(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    table = csv.DictReader(io.StringIO(_text_of(path), newline=""))
    while True:
        try:
            yield table.line_num, next(table)
        except StopIteration:
            return
        except csv.Error as error:
            raise RowError(path, table.line_num, "", f"not CSV ({error})") from error


def read_json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of each line that isn't blank. Raises RowError."""
    for line, text in enumerate(io.StringIO(_text_of(Path(path)), newline=None), start=1):
        if not text.strip():
            continue
        try:
            data = json.loads(text)
        except RecursionError as error:
            raise RowError(path, line, "", "nested too deeply") from error
        except ValueError as error:
            raise RowError(path, line, "", f"not JSON ({error})") from error
        if not isinstance(data, dict):
            raise RowError(path, line, "", "not a JSON object")
        yield line, data


def _text_of(path: Path) -> str:
    try:
        return decoded(path.read_bytes())
    except NotUnicode as error:
        looks = f", it looks like {error.looks_like} (Korean Excel's own)" if error.looks_like else ""
        raise RowError(path, error.line, "", f"not UTF-8{looks}. Save the file as UTF-8") from error


def _chat_row(path: Path, line: int, data: dict[str, Any]) -> ChatRow:
    split = data.get("split", "train")
    if split not in SPLITS:
        raise RowError(path, line, "split", f"{split!r} is none of {', '.join(SPLITS)}")
    row_id = _text(path, line, "id", data.get("id", f"{path.stem}-{line}"))
    if "messages" in data:
        messages = _messages(path, line, "messages", data["messages"], last="assistant")
    else:
        messages = _exchange(path, line, data)
    return ChatRow(row_id, messages, split, data.get("category") or "")


def _exchange(path: Path, line: int, data: dict[str, Any]) -> tuple[Message, ...]:
    for asked, answered in _EXCHANGES:
        if asked in data and answered in data:
            break
    else:
        shapes = "; ".join(" and ".join(names) for names in _EXCHANGES)
        raise RowError(path, line, _half_a_shape(data), f"no known row. Give it messages, or two of: {shapes}")
    question, answer = _text(path, line, asked, data[asked]), data[answered]
    if answered == "label" and isinstance(answer, int | float) and not isinstance(answer, bool):
        answer = str(answer)  # a class number is an answer like any other word
    extra = data.get("input") or ""
    if not isinstance(extra, str):
        raise RowError(path, line, "input", "must be text")
    question = "\n".join(part for part in (question, extra.strip()) if part)
    return (
        {"role": "user", "content": question},
        {"role": "assistant", "content": _text(path, line, answered, answer)},
    )


def _half_a_shape(data: dict[str, Any]) -> str:
    """The field that is missing where its twin is there, for the error's sake."""
    for asked, answered in _EXCHANGES:
        if asked in data:
            return answered
        if answered in data:
            return asked
    return ""


def _text(path: Path, line: int, field: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RowError(path, line, field, "must be text that isn't empty")
    return composed(value).strip()


def _truth(path: Path, line: int, field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise RowError(path, line, field, "must be true or false")
    return value


def _prompt_messages(path: Path, line: int, value: Any) -> tuple[Message, ...]:
    if isinstance(value, str):
        value = [{"role": "user", "content": value}]
    return _messages(path, line, "prompt", value, last="user")


def _messages(path: Path, line: int, field: str, value: Any, last: str) -> tuple[Message, ...]:
    if not isinstance(value, list) or not value:
        raise RowError(path, line, field, "must be a list of messages")
    messages = []
    for message in value:
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise RowError(path, line, field, f"{message!r} is no message with a role and a content")
        messages.append({"role": message["role"], "content": _text(path, line, field, message.get("content"))})
    if messages[-1]["role"] != last:
        raise RowError(path, line, field, f"must end with the {last}'s message")
    return tuple(messages)


def _reply_text(path: Path, line: int, field: str, value: Any) -> str:
    if isinstance(value, list):
        if len(value) != 1 or not isinstance(value[0], dict) or value[0].get("role") != "assistant":
            raise RowError(path, line, field, "must be text or one assistant message")
        value = value[0].get("content")
    return _text(path, line, field, value)
