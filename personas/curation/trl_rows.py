"""Preference pairs as TRL knows them: JSON lines with an explicit prompt.

Written in the conversational shape, read in that and in the plain one:

    {"prompt": [{"role": "user", "content": ...}], "chosen": [{"role": "assistant", "content": ...}], "rejected": [...]}
    {"prompt": "...", "chosen": "...", "rejected": "..."}
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from personas.curation.models import PreferencePair
from personas.privacy.masking import mask

Message = dict[str, str]


class RowError(ValueError):
    """A line that is no preference row. The message names the line and the field."""

    def __init__(self, line: int, field: str, problem: str) -> None:
        super().__init__(f"line {line}, field {field}: {problem}" if field else f"line {line}: {problem}")


class RowsRefused(ValueError):
    """Some lines are no preference rows, so none of them is taken. `errors` has them all."""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


@dataclass(frozen=True)
class Row:
    """One preference row: messages that end with the user's, and two different replies."""

    persona: str
    prompt: list[Message]
    chosen: str
    rejected: str


def row_write(pair: PreferencePair, /, **extra: Any) -> str:
    """One line, the same text for the same pair always. Personal data is hidden, whatever a curator let through."""
    row = {
        "prompt": [{**message, "content": mask(message["content"])} for message in pair.prompt],
        "chosen": [{"role": "assistant", "content": mask(pair.chosen)}],
        "rejected": [{"role": "assistant", "content": mask(pair.rejected)}],
        **extra,
    }
    return json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"


def rows_read(lines: Iterable[str], *, known: set[str], persona: str | None = None) -> list[Row]:
    """All rows, blank lines left out. `persona` stands in where a row names none; `known` are the slugs there are.

    Raises RowsRefused with every bad line, so that a file is mended in one go.
    """
    rows, errors = [], []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append(_row_read(number, line, known, persona))
            except RowError as error:
                errors.append(error)
    if errors:
        raise RowsRefused(errors)
    return rows


def _row_read(number: int, line: str, known: set[str], persona: str | None) -> Row:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise RowError(number, "", f"is not JSON ({error})") from None
    if not isinstance(data, dict):
        raise RowError(number, "", "is not a JSON object")
    slug = data.get("persona", persona)
    if slug is None:
        raise RowError(number, "persona", "is missing; name one in the row or with --persona")
    if slug not in known:
        raise RowError(number, "persona", f"{slug!r} is not one of {', '.join(sorted(known))}")
    chosen, rejected = (_reply(number, name, data.get(name)) for name in ("chosen", "rejected"))
    if chosen == rejected:
        raise RowError(number, "rejected", "is the same as chosen")
    return Row(slug, _prompt(number, data.get("prompt")), chosen, rejected)


def _prompt(number: int, value: Any) -> list[Message]:
    if isinstance(value, str):
        return [{"role": "user", "content": _text(number, "prompt", value)}]
    if not isinstance(value, list) or not value:
        raise RowError(number, "prompt", "must be a text or a list of messages")
    messages = [_message(number, f"prompt[{index}]", message) for index, message in enumerate(value)]
    turns = messages[1:] if messages[0]["role"] == "system" else messages
    if len(turns) % 2 == 0 or any(turn["role"] != ("user", "assistant")[at % 2] for at, turn in enumerate(turns)):
        raise RowError(number, "prompt", "must go user, assistant, user … and end with user")
    return messages


def _reply(number: int, field: str, value: Any) -> str:
    if isinstance(value, str):
        return _text(number, field, value)
    if not isinstance(value, list) or len(value) != 1:
        raise RowError(number, field, "must be a text or a list with one assistant message")
    message = _message(number, f"{field}[0]", value[0])
    if message["role"] != "assistant":
        raise RowError(number, f"{field}[0].role", f"is {message['role']!r}, not 'assistant'")
    return message["content"]


def _message(number: int, field: str, value: Any) -> Message:
    if not isinstance(value, dict):
        raise RowError(number, field, "must be a message with role and content")
    if value.get("role") not in ("system", "user", "assistant"):
        raise RowError(number, f"{field}.role", f"is {value.get('role')!r}, not user, assistant or system")
    return {"role": value["role"], "content": _text(number, f"{field}.content", value.get("content"))}


def _text(number: int, field: str, value: Any) -> str:
    text = value.replace("\x00", "").strip() if isinstance(value, str) else ""
    if not text:
        raise RowError(number, field, "must be a text that is not empty")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise RowError(number, field, "holds half a character (a lone surrogate)")
    return text
