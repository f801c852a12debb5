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

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from personas.curation.models import PreferencePair
from personas.curation.row_files import Line
from personas.privacy.masking import mask

Message = dict[str, str]
Read = TypeVar("Read")


class RowError(ValueError):
    """A line that is no preference row. The message names the line and the field, in the reader's language."""

    def __init__(self, line: int, field: str, problem: str | Promise) -> None:
        super().__init__(line, field, problem)
        self.line, self.field, self.problem = line, field, problem

    def __str__(self) -> str:
        if not self.field:
            return _("{line}번째 줄: {problem}").format(line=self.line, problem=self.problem)
        return _("{line}번째 줄, {field} 칸: {problem}").format(line=self.line, field=self.field, problem=self.problem)


class RowsRefused(ValueError):
    """Some lines are no preference rows, so none of them is taken. `errors` has them all."""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


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
        raise RowError(number, "", format_lazy(_("JSON이 아닙니다 ({error})."), error=error)) from None
    except RecursionError:
        raise RowError(number, "", _("괄호가 너무 깊게 겹쳐 있습니다.")) from None
    if not isinstance(data, dict):
        raise RowError(number, "", _("JSON 객체가 아닙니다."))
    return data


def _row_read(number: int, data: dict[str, Any], known: set[str], persona: str | None) -> Row:
    slug = persona_read(number, data, known, persona)
    if data.get("prompt") is None:
        data = _with_explicit_prompt(number, data)
    chosen, rejected = (reply_read(number, name, data.get(name)) for name in ("chosen", "rejected"))
    if chosen == rejected:
        raise RowError(number, "rejected", _("chosen과 같습니다."))
    return Row(slug, prompt_read(number, data["prompt"], "prompt"), chosen, rejected)


def _with_explicit_prompt(number: int, data: dict[str, Any]) -> dict[str, Any]:
    """Two conversations that differ in their last message have all before it for a prompt."""
    chosen, rejected = data.get("chosen"), data.get("rejected")
    if not isinstance(chosen, list) or not isinstance(rejected, list) or len(chosen) < 2:
        raise RowError(number, "prompt", _("없습니다. chosen과 rejected가 앞말을 나누는 두 대화도 아닙니다."))
    if chosen[:-1] != rejected[:-1]:
        raise RowError(number, "rejected", _("마지막 말 말고는 chosen과 같은 대화여야 합니다."))
    return {**data, "prompt": chosen[:-1], "chosen": chosen[-1:], "rejected": rejected[-1:]}


def persona_read(number: int, data: dict[str, Any], known: set[str], persona: str | None) -> str:
    """Whose row it is: as it says itself, else as was said for all. Raises RowError."""
    slug = data.get("persona", persona)
    if slug is None:
        raise RowError(number, "persona", _("없습니다. 행에 적거나 --persona로 알려 주세요."))
    if not isinstance(slug, str) or slug not in known:
        raise RowError(
            number,
            "persona",
            format_lazy(
                _("{slug}는 없는 페르소나입니다. 있는 것: {known}"), slug=repr(slug), known=", ".join(sorted(known))
            ),
        )
    return slug


def prompt_read(number: int, value: Any, field: str) -> list[Message]:
    """A text or messages that go user, assistant, user … and end with the user's. Raises RowError."""
    if isinstance(value, str):
        return [{"role": "user", "content": text_read(number, field, value)}]
    if not isinstance(value, list) or not value:
        raise RowError(number, field, _("글이거나 메시지 목록이어야 합니다."))
    messages = [message_read(number, f"{field}[{index}]", message) for index, message in enumerate(value)]
    turns = messages[1:] if messages[0]["role"] == "system" else messages
    if len(turns) % 2 == 0 or any(turn["role"] != ("user", "assistant")[at % 2] for at, turn in enumerate(turns)):
        raise RowError(number, field, _("user, assistant, user … 순서로 가고 user로 끝나야 합니다."))
    return messages


def reply_read(number: int, field: str, value: Any) -> str:
    """A reply's text, from a text or from one assistant message. Raises RowError."""
    if isinstance(value, str):
        return text_read(number, field, value)
    if not isinstance(value, list) or len(value) != 1:
        raise RowError(number, field, _("글이거나 assistant 메시지 하나짜리 목록이어야 합니다."))
    message = message_read(number, f"{field}[0]", value[0])
    if message["role"] != "assistant":
        raise RowError(
            number, f"{field}[0].role", format_lazy(_("assistant여야 하는데 {role}입니다."), role=repr(message["role"]))
        )
    return message["content"]


def message_read(number: int, field: str, value: Any) -> Message:
    """One message with a known role and a text. Raises RowError."""
    if not isinstance(value, dict):
        raise RowError(number, field, _("role과 content가 있는 메시지여야 합니다."))
    if value.get("role") not in ("system", "user", "assistant"):
        raise RowError(
            number,
            f"{field}.role",
            format_lazy(
                _("user, assistant, system 가운데 하나여야 하는데 {role}입니다."), role=repr(value.get("role"))
            ),
        )
    return {"role": value["role"], "content": text_read(number, f"{field}.content", value.get("content"))}


def text_read(number: int, field: str, value: Any) -> str:
    """A text that is not empty, without what databases cannot keep. Raises RowError."""
    text = value.replace("\x00", "").strip() if isinstance(value, str) else ""
    if not text:
        raise RowError(number, field, _("비어 있지 않은 글이어야 합니다."))
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise RowError(number, field, _("반쪽짜리 글자가 들어 있습니다(짝 없는 서로게이트)."))
    return text
