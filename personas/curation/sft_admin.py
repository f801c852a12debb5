"""Examples that people write for a persona's voice: a page to write them on as one would a script of a play."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from personas.curation.excerpts import excerpt
from personas.curation.exchange_pages import export_file
from personas.curation.history_words import HistoryAdmin
from personas.curation.models import SftRow
from personas.curation.row_files import JSON_LINES, PARQUET
from personas.curation.sft_rows import sft_row_data, sft_row_is_dangerous
from personas.curation.trl_rows import Message

SPEAKERS = {"지시:": "system", "방문자:": "user", "페르소나:": "assistant"}


class SftRowForm(forms.ModelForm):
    """The conversation as text, a line a message."""

    dialogue = forms.CharField(
        label=_("대화"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10}),
        help_text=_("한 줄에 한 마디씩, ‘방문자:’와 ‘페르소나:’로 번갈아 적고 페르소나의 말로 끝냅니다."),
    )

    class Meta:
        model = SftRow
        fields = ["persona", "category"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dialogue"].initial = dialogue_write(self.instance.messages or [])

    def clean_dialogue(self) -> list[Message]:
        return dialogue_read(self.cleaned_data["dialogue"])

    def save(self, commit: bool = True) -> SftRow:
        self.instance.messages = self.cleaned_data["dialogue"]
        return super().save(commit)


def dialogue_write(messages: list[Message]) -> str:
    """Messages as the text that `dialogue_read` reads."""
    names = {role: name for name, role in SPEAKERS.items()}
    return "\n".join(f"{names[message['role']]} {message['content']}" for message in messages)


def dialogue_read(text: str) -> list[Message]:
    """Messages from lines that begin with who speaks; other lines go on with the one before.

    Raises ValidationError, which names the line.
    """
    messages: list[Message] = []
    for number, line in enumerate(text.strip().splitlines(), 1):
        name = next((name for name in SPEAKERS if line.startswith(name)), None)
        said = line.removeprefix(name or "").strip()
        if name is None and not messages:
            raise ValidationError(_("%(line)d번째 줄이 ‘방문자:’로 시작하지 않습니다."), params={"line": number})
        if name is None:
            messages[-1]["content"] += f"\n{said}"
            continue
        if SPEAKERS[name] not in _may_speak(messages):
            raise ValidationError(_("%(line)d번째 줄: 두 사람이 번갈아 말해야 합니다."), params={"line": number})
        if not said:
            raise ValidationError(_("%(line)d번째 줄에 말이 없습니다."), params={"line": number})
        messages.append({"role": SPEAKERS[name], "content": said})
    if not messages or messages[-1]["role"] != "assistant":
        raise ValidationError(_("마지막은 페르소나의 말이어야 합니다."))
    return messages


def _may_speak(messages: list[Message]) -> tuple[str, ...]:
    if not messages:
        return ("system", "user")
    return ("assistant",) if messages[-1]["role"] == "user" else ("user",)


@admin.register(SftRow)
class SftRowAdmin(HistoryAdmin, ModelAdmin):
    """Written here or imported; `manage.py export_sft_rows` hands them to `make train`."""

    form = SftRowForm
    list_display = ["asked", "answered", "danger", "persona", "category", "created_at"]
    list_filter = [("persona", RelatedDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["persona"]
    fields = [("persona", "category"), "dialogue"]
    search_fields = ["category", *(f"messages__{at}__content" for at in range(20))]
    actions = ["export_json_lines", "export_parquet"]
    compressed_fields = False

    class Media:
        css = {"all": ["registry/admin.css"]}

    @display(description=_("처음 말"))
    def asked(self, row: SftRow) -> SafeString:
        return excerpt(row.messages[0]["content"])

    @display(description=_("마지막 답"))
    def answered(self, row: SftRow) -> SafeString:
        return excerpt(row.messages[-1]["content"])

    @display(description=_("위험 신호"), label="danger")
    def danger(self, row: SftRow) -> str:
        return str(_("학습에서 빠짐")) if sft_row_is_dangerous(row) else ""

    @admin.action(description=_("내보내기 (JSON 줄)"), permissions=["change"])
    def export_json_lines(self, request: HttpRequest, queryset: QuerySet[SftRow]) -> HttpResponse | None:
        return export_file(request, "sft", JSON_LINES, _rows(queryset))

    @admin.action(description=_("내보내기 (Parquet)"), permissions=["change"])
    def export_parquet(self, request: HttpRequest, queryset: QuerySet[SftRow]) -> HttpResponse | None:
        return export_file(request, "sft", PARQUET, _rows(queryset))


def _rows(queryset: QuerySet[SftRow]) -> list[dict[str, Any]]:
    rows = queryset.select_related("persona").order_by("pk")
    return [sft_row_data(row) for row in rows if not sft_row_is_dangerous(row)]
