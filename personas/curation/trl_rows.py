"""Preference pairs as TRL knows them: JSON lines with an explicit prompt.

Written in the conversational shape, read in that, in the plain one, and with the prompt implied by what both share:

    {"prompt": [{"role": "user", "content": ...}], "chosen": [{"role": "assistant", "content": ...}], "rejected": [...]}
    {"prompt": "...", "chosen": "...", "rejected": "..."}
    {"chosen": [user's message, ..., assistant's], "rejected": [the same, ..., another assistant's]}
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from personas.curation.models import PreferencePair
from personas.curation.row_files import Line
from personas.privacy.masking import mask

Message = dict[str, str]
Read = TypeVar("Read")


class RowError(ValueError):
    """A line that is no preference row. The message names the line and the field."""

    def __init__(self, line: int, field: str, problem: str) -> None:
        super().__init__(f"line {line}, field {field}: {problem}" if field else f"line {line}: {problem}")
        self.line, self.field, self.problem = line, field, problem


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
    """One line, the same text for the same pair always."""
    return line_of(row_data(pair, **extra))


def line_of(data: dict[str, Any]) -> str:
    """One line of JSON, the same text for the same content always."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True) + "\n"


def row_data(pair: PreferencePair, /, **extra: Any) -> dict[str, Any]:
    """The pair as it goes out. Personal data is hidden, whatever a curator let through."""
    return {
        "prompt": masked(pair.prompt),
        "chosen": [{"role": "assistant", "content": mask(pair.chosen)}],
        "rejected": [{"role": "assistant", "content": mask(pair.rejected)}],
        **extra,
    }


def masked(messages: Iterable[Message]) -> list[Message]:
    """The same messages with personal data hidden."""
    return [{**message, "content": mask(message["content"])} for message in messages]


def rows_read(lines: Iterable[Line], *, known: set[str], persona: str | None = None) -> list[Row]:
    """All rows, blank lines left out. `persona` stands in where a row names none; `known` are the slugs there are.

    Raises RowsRefused with every bad line, so that a file is mended in one go.
    """
    return each_row(lines, lambda number, data: _row_read(number, data, known, persona))


def each_row(lines: Iterable[Line], read: Callable[[int, dict[str, Any]], Read]) -> list[Read]:
    """What `read` makes of every row that isn't blank. Raises RowsRefused with every bad line."""
    rows, errors = [], []
    for number, line in enumerate(lines, 1):
        if not isinstance(line, str) or line.strip():
            try:
                rows.append(read(number, _object(number, line)))
            except RowError as error:
                errors.append(error)
    if errors:
        raise RowsRefused(errors)
    return rows


def _object(number: int, line: Line) -> dict[str, Any]:
    try:
        data = json.loads(line) if isinstance(line, str) else line
    except ValueError as error:
        raise RowError(number, "", f"is not JSON ({error})") from None
    if not isinstance(data, dict):
        raise RowError(number, "", "is not a JSON object")
    return data


def _row_read(number: int, data: dict[str, Any], known: set[str], persona: str | None) -> Row:
    slug = persona_read(number, data, known, persona)
    if data.get("prompt") is None:
        data = _with_explicit_prompt(number, data)
    chosen, rejected = (reply_read(number, name, data.get(name)) for name in ("chosen", "rejected"))
    if chosen == rejected:
        raise RowError(number, "rejected", "is the same as chosen")
    return Row(slug, prompt_read(number, data["prompt"], "prompt"), chosen, rejected)


def _with_explicit_prompt(number: int, data: dict[str, Any]) -> dict[str, Any]:
    """Two conversations that differ in their last message have all before it for a prompt."""
    chosen, rejected = data.get("chosen"), data.get("rejected")
    if not isinstance(chosen, list) or not isinstance(rejected, list) or len(chosen) < 2:
        raise RowError(number, "prompt", "is missing, and chosen and rejected are no conversations that imply one")
    if chosen[:-1] != rejected[:-1]:
        raise RowError(number, "rejected", "must be the same conversation as chosen but for its last message")
    return {**data, "prompt": chosen[:-1], "chosen": chosen[-1:], "rejected": rejected[-1:]}


def persona_read(number: int, data: dict[str, Any], known: set[str], persona: str | None) -> str:
    """Whose row it is: as it says itself, else as was said for all. Raises RowError."""
    slug = data.get("persona", persona)
    if slug is None:
        raise RowError(number, "persona", "is missing; name one in the row or with --persona")
    if not isinstance(slug, str) or slug not in known:
        raise RowError(number, "persona", f"{slug!r} is not one of {', '.join(sorted(known))}")
    return slug


def prompt_read(number: int, value: Any, field: str) -> list[Message]:
    """A text or messages that go user, assistant, user … and end with the user's. Raises RowError."""
    if isinstance(value, str):
        return [{"role": "user", "content": text_read(number, field, value)}]
    if not isinstance(value, list) or not value:
        raise RowError(number, field, "must be a text or a list of messages")
    messages = [message_read(number, f"{field}[{index}]", message) for index, message in enumerate(value)]
    turns = messages[1:] if messages[0]["role"] == "system" else messages
    if len(turns) % 2 == 0 or any(turn["role"] != ("user", "assistant")[at % 2] for at, turn in enumerate(turns)):
        raise RowError(number, field, "must go user, assistant, user … and end with user")
    return messages


def reply_read(number: int, field: str, value: Any) -> str:
    """A reply's text, from a text or from one assistant message. Raises RowError."""
    if isinstance(value, str):
        return text_read(number, field, value)
    if not isinstance(value, list) or len(value) != 1:
        raise RowError(number, field, "must be a text or a list with one assistant message")
    message = message_read(number, f"{field}[0]", value[0])
    if message["role"] != "assistant":
        raise RowError(number, f"{field}[0].role", f"is {message['role']!r}, not 'assistant'")
    return message["content"]


def message_read(number: int, field: str, value: Any) -> Message:
    """One message with a known role and a text. Raises RowError."""
    if not isinstance(value, dict):
        raise RowError(number, field, "must be a message with role and content")
    if value.get("role") not in ("system", "user", "assistant"):
        raise RowError(number, f"{field}.role", f"is {value.get('role')!r}, not user, assistant or system")
    return {"role": value["role"], "content": text_read(number, f"{field}.content", value.get("content"))}


def text_read(number: int, field: str, value: Any) -> str:
    """A text that is not empty, without what databases cannot keep. Raises RowError."""
    text = value.replace("\x00", "").strip() if isinstance(value, str) else ""
    if not text:
        raise RowError(number, field, "must be a text that is not empty")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise RowError(number, field, "holds half a character (a lone surrogate)")
    return text
