"""SFT rows as TRL knows them, and as older Korean sets have them. Written in the first shape, read in all:

{"messages": [{"role": "user", "content": ...}, {"role": "assistant", "content": ...}]}
{"prompt": "..." or [messages], "completion": "..." or [one assistant message]}
{"instruction": "...", "input": "...", "output": "..."}
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from personas.curation.dangers import holds_danger
from personas.curation.models import SftRow
from personas.curation.row_files import Line
from personas.curation.trl_rows import (
    Message,
    RowError,
    each_row,
    message_read,
    persona_read,
    prompt_read,
    reply_read,
    text_read,
)
from personas.privacy.masking import mask


@dataclass(frozen=True)
class Example:
    """One conversation that ends with the persona's reply."""

    persona: str
    messages: list[Message]
    category: str


def sft_row_data(row: SftRow) -> dict[str, Any]:
    """The row as it goes out, personal data hidden."""
    messages = [{**message, "content": mask(message["content"])} for message in row.messages]
    return {"id": f"desk-{row.pk}", "messages": messages, "category": row.category, "persona": row.persona.slug}


def sft_row_is_dangerous(row: SftRow) -> bool:
    """Whether somebody is in danger in it: people's words answer there, so no voice is learned from it."""
    return holds_danger(row.messages)


def examples_read(lines: Iterable[Line], *, known: set[str], persona: str | None = None) -> list[Example]:
    """All rows, blank lines left out. Raises RowsRefused with every bad line."""
    return each_row(lines, lambda number, data: _example(number, data, known, persona))


def _example(number: int, data: dict[str, Any], known: set[str], persona: str | None) -> Example:
    category = data.get("category") or ""
    if not isinstance(category, str) or len(category) > 40:
        raise RowError(number, "category", _("40자까지의 글이어야 합니다."))
    return Example(persona_read(number, data, known, persona), _messages(number, data), category)


def _messages(number: int, data: dict[str, Any]) -> list[Message]:
    if "messages" in data:
        if not isinstance(data["messages"], list) or len(data["messages"]) < 2:
            raise RowError(number, "messages", _("메시지가 둘 이상인 목록이어야 합니다."))
        *before, last = data["messages"]
        prompt, reply = prompt_read(number, before, "messages"), message_read(number, "messages[-1]", last)
        if reply["role"] != "assistant":
            raise RowError(
                number,
                "messages[-1].role",
                format_lazy(_("assistant여야 하는데 {role}입니다."), role=repr(reply["role"])),
            )
        return [*prompt, reply]
    if "completion" in data:
        if data.get("label") is not None:
            raise RowError(
                number, "label", _("좋고 나쁨이 적힌 행(KTO)은 말투 예시가 아닙니다. label을 빼고 좋은 행만 주세요.")
            )
        answer = reply_read(number, "completion", data["completion"])
        return [*prompt_read(number, data.get("prompt"), "prompt"), {"role": "assistant", "content": answer}]
    if "instruction" in data:
        return _exchange(number, data)
    raise RowError(number, "", _("messages도, prompt와 completion도, instruction과 output도 없습니다."))


def _exchange(number: int, data: dict[str, Any]) -> list[Message]:
    asked = text_read(number, "instruction", data["instruction"])
    extra = text_read(number, "input", data["input"]) if data.get("input") else ""
    answer = text_read(number, "output", data.get("output"))
    question = "\n".join(part for part in (asked, extra) if part)
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
