"""The lines of grading's files: replies that come in, replies that go out blind, and grades that come back.

    {"messages": [...] or "prompt": "...", "reply": "...", "version": "egen@v3", "persona": "egen"}
    {"item": 7, "persona": "egen", "messages": [...], "reply": "..."}
    {"item": 7, "grade": "good", "in_style": true}

`generate_replies` calls the version "adapter", which is read as well. The persona may be left out where the version is
one of the registry, or is said for the whole file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from personas.curation.row_files import Line
from personas.curation.trl_rows import Message, RowError, each_row, message_read, persona_read, text_read
from personas.grading.models import WRITTEN, Grade, GradingItem, GradingRound
from personas.registry.models import AdapterVersion, Persona

LONGEST_VERSION = GradingItem._meta.get_field("version").max_length or 0


@dataclass(frozen=True)
class ReplyRow:
    """A reply to grade. `adapter` is the registry's version of that name, if there is one."""

    persona: Persona
    messages: list[Message]
    reply: str
    version: str
    adapter: AdapterVersion | None


@dataclass(frozen=True)
class GradeRow:
    """What a reader outside thinks of one reply."""

    number: int
    grade: str
    in_style: bool


def replies_read(lines: Iterable[Line], *, persona: str | None = None, written: bool = False) -> list[ReplyRow]:
    """All replies of a file, blank lines left out. `persona` stands in where a row names none.

    With `written` all are the control, and may leave the version out. Raises RowsRefused with every bad line.
    """
    personas = {one.slug: one for one in Persona.objects.all()}
    adapters = {one.label: one for one in AdapterVersion.objects.select_related("persona")}

    def read(number: int, data: dict[str, Any]) -> ReplyRow:
        version = _version(number, data, written)
        adapter = adapters.get(version)
        slug = persona_read(number, data, set(personas), adapter.persona.slug if adapter else persona)
        if adapter and adapter.persona.slug != slug:
            told = _("{version}의 페르소나가 아닙니다.")
            raise RowError(number, "persona", format_lazy(told, version=version))
        reply = text_read(number, "reply", data.get("reply"))
        return ReplyRow(personas[slug], _messages(number, data), reply, version, adapter)

    return each_row(lines, read)


def _version(number: int, data: dict[str, Any], written: bool) -> str:
    field = "adapter" if "adapter" in data and "version" not in data else "version"
    version = text_read(number, field, data.get(field, WRITTEN if written else None))
    if len(version) > LONGEST_VERSION:
        raise RowError(number, field, format_lazy(_("{most}자까지의 글이어야 합니다."), most=LONGEST_VERSION))
    if written and version != WRITTEN:
        told = _("사람이 쓴 답의 파일에서는 비워 두거나 {written}이어야 합니다.")
        raise RowError(number, field, format_lazy(told, written=WRITTEN))
    return version


def _messages(number: int, data: dict[str, Any]) -> list[Message]:
    """The talk that the reply answers. Several messages of one side in a row are fine: people write so."""
    if "messages" not in data:
        return [{"role": "user", "content": text_read(number, "prompt", data.get("prompt"))}]
    given = data["messages"]
    if not isinstance(given, list) or not given:
        raise RowError(number, "messages", _("비어 있지 않은 메시지 목록이어야 합니다."))
    messages = [message_read(number, f"messages[{at}]", message) for at, message in enumerate(given)]
    if messages[-1]["role"] != "user":
        raise RowError(number, "messages", _("user의 말로 끝나야 합니다."))
    return messages


def blind_row(item: GradingItem) -> dict[str, Any]:
    """A reply as it goes to a reader outside."""
    return {
        "item": item.number,
        "persona": item.persona.slug,
        "messages": item.messages,
        "reply": item.reply,
    }


def open_row(item: GradingItem) -> dict[str, Any]:
    """A reply with who wrote it and how everyone graded it, for a round that is closed."""
    grades = {one.reader: {"grade": one.grade, "in_style": one.in_style} for one in item.grades.all()}
    return {**blind_row(item), "version": item.version, "grades": grades}


def grade_rows_read(lines: Iterable[Line], grading_round: GradingRound) -> list[GradeRow]:
    """All grades of a file, blank lines left out. Raises RowsRefused with every bad line."""
    known = set(grading_round.items.values_list("number", flat=True))
    seen: set[int] = set()

    def read(number: int, data: dict[str, Any]) -> GradeRow:
        item = data.get("item")
        if not isinstance(item, int) or isinstance(item, bool) or item not in known:
            raise RowError(number, "item", format_lazy(_("이 회차에 없는 답입니다: {item}"), item=repr(item)))
        if item in seen:
            raise RowError(number, "item", format_lazy(_("{item}번 답이 이 파일에 두 번 있습니다."), item=item))
        seen.add(item)
        return GradeRow(item, _grade(number, data), _in_style(number, data))

    return each_row(lines, read)


def _grade(number: int, data: dict[str, Any]) -> str:
    marks = list(Grade.Mark.values)
    if data.get("grade") not in marks:
        told = _("{marks} 가운데 하나여야 하는데 {grade}입니다.")
        raise RowError(number, "grade", format_lazy(told, marks=", ".join(marks), grade=repr(data.get("grade"))))
    return data["grade"]


def _in_style(number: int, data: dict[str, Any]) -> bool:
    if not isinstance(data.get("in_style"), bool):
        raise RowError(number, "in_style", _("true나 false여야 합니다."))
    return data["in_style"]
