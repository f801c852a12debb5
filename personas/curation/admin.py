"""The curation desk: preference pairs side by side, to approve, reject or reword. No visitor is named here."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelChange, ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from personas.curation import deciding
from personas.curation.models import PreferencePair

Status = PreferencePair.Status


class HistoryWords(HistoricalRecordContextHelper):
    """What a step of a pair's history changed; who did it and when stands beside it anyway."""

    FIELDS = ("status", "chosen", "rejected")

    def context_for_delta_changes(self, delta: ModelDelta) -> list[dict[str, Any]]:
        telling = [change for change in delta.changes if change.field in self.FIELDS]
        return super().context_for_delta_changes(replace(delta, changes=telling))

    def prepare_delta_change_value(self, change: ModelChange, value: str) -> str:
        return Status(value).label if change.field == "status" else value


class PairForm(forms.ModelForm):
    """The two replies, which must differ."""

    class Meta:
        model = PreferencePair
        fields = ["chosen", "rejected"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "chosen" in cleaned and "rejected" in cleaned:
            deciding.pair_texts_check(cleaned["chosen"], cleaned["rejected"])
        return cleaned


@admin.register(PreferencePair)
class PreferencePairAdmin(SimpleHistoryAdmin, ModelAdmin):
    """Every write goes through the services; the history has them all."""

    form = PairForm
    list_display = ["question", "chosen_excerpt", "rejected_excerpt", "state", "persona", "source", "created_at"]
    list_display_links = ["question"]
    list_filter = ["status", "persona", "source"]
    list_select_related = ["persona"]
    list_per_page = 50
    ordering = [Case(When(status=Status.PENDING, then=0), default=1), "-created_at"]
    search_fields = ["chosen", "rejected"]
    readonly_fields = [
        "conversation",
        "persona",
        "status",
        "source",
        "chosen_version",
        "rejected_version",
        "sampling",
        "reasons",
        "consent_at",
        "reviewed_by",
        "reviewed_at",
        "created_at",
    ]
    fieldsets = [
        (None, {"fields": ["conversation", ("chosen", "rejected")]}),
        (_("검토"), {"fields": [("status", "reviewed_by", "reviewed_at")]}),
        (
            _("내력"),
            {
                "fields": [
                    ("persona", "source", "created_at", "consent_at"),
                    ("chosen_version", "rejected_version"),
                    "reasons",
                    "sampling",
                ]
            },
        ),
    ]
    compressed_fields = False
    actions = ["approve", "reject", "reopen"]
    actions_submit_line = ["save_and_approve", "save_and_reject"]

    class Media:
        css = {"all": ["registry/admin.css"]}

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> HistoryWords:
        return HistoryWords(self.model, historical_record, max_displayed_delta_change_chars=300)

    def revert_disabled(self, request: HttpRequest, obj: PreferencePair | None = None) -> bool:
        """The history is there to read; a decision is taken back by `reopen`, which is written down as well."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Pairs come from votes and from import_pairs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PreferencePair | None = None) -> bool:
        """A pair is rejected, not deleted; it goes with its visitor."""
        return False

    @display(description=_("질문"))
    def question(self, pair: PreferencePair) -> SafeString:
        return _excerpt(pair.last_message)

    @display(description=_("고른 답"))
    def chosen_excerpt(self, pair: PreferencePair) -> SafeString:
        return _excerpt(pair.chosen)

    @display(description=_("고르지 않은 답"))
    def rejected_excerpt(self, pair: PreferencePair) -> SafeString:
        return _excerpt(pair.rejected)

    @display(
        description=_("상태"),
        ordering="status",
        label={
            Status.PENDING: "info",
            Status.APPROVED: "success",
            Status.REJECTED: "danger",
            Status.DISPUTED: "warning",
        },
    )
    def state(self, pair: PreferencePair) -> tuple[str, str]:
        return pair.status, pair.get_status_display()

    @display(description=_("고른 까닭"), empty_value="-")
    def reasons(self, pair: PreferencePair) -> str:
        return ", ".join(pair.vote.reasons_given) if pair.vote else ""

    @display(description=_("대화"))
    def conversation(self, pair: PreferencePair) -> SafeString:
        speakers = {"user": _("방문자"), "assistant": pair.persona.name, "system": _("지시")}
        lines = [(speakers.get(message["role"], message["role"]), message["content"]) for message in pair.prompt]
        return format_html('<div class="conversation">{}</div>', format_html_join("", "<p><b>{}</b>{}</p>", lines))

    def save_model(self, request: HttpRequest, obj: PreferencePair, form: PairForm, change: bool) -> None:
        """Reword through the service, then decide where a deciding button was pressed."""
        if form.changed_data:
            deciding.pair_edit(pair=obj, chosen=obj.chosen, rejected=obj.rejected, by=request.user)
        for button in self.get_actions_submit_line(request, obj.pk):
            if button.action_name in request.POST:
                button.method(request, obj)

    @action(description=_("저장하고 승인"), permissions=["change"])
    def save_and_approve(self, request: HttpRequest, obj: PreferencePair) -> None:
        self._approve(request, [obj.pk])

    @action(description=_("저장하고 거절"), permissions=["change"])
    def save_and_reject(self, request: HttpRequest, obj: PreferencePair) -> None:
        self._reject(request, [obj.pk])

    @admin.action(description=_("승인"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> None:
        self._approve(request, _ids(queryset))

    @admin.action(description=_("거절"), permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> None:
        self._reject(request, _ids(queryset))

    @admin.action(description=_("검토 전으로 되돌리기"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> None:
        ids = _ids(queryset)
        count = len(deciding.pairs_reopen(pairs=ids, by=request.user))
        self._tell(request, ngettext("%d쌍을 되돌렸습니다.", "%d쌍을 되돌렸습니다.", count) % count, len(ids) - count)

    def _approve(self, request: HttpRequest, ids: list[int]) -> None:
        count = len(deciding.pairs_approve(pairs=ids, by=request.user))
        self._tell(request, ngettext("%d쌍을 승인했습니다.", "%d쌍을 승인했습니다.", count) % count, len(ids) - count)

    def _reject(self, request: HttpRequest, ids: list[int]) -> None:
        count = len(deciding.pairs_reject(pairs=ids, by=request.user))
        self._tell(request, ngettext("%d쌍을 거절했습니다.", "%d쌍을 거절했습니다.", count) % count, len(ids) - count)

    def _tell(self, request: HttpRequest, done: str, left: int) -> None:
        if left:
            kept = _("이미 결정된 %d쌍은 그대로 두었습니다.") % left
            done = f"{done} {kept}"
        self.message_user(request, done, messages.WARNING if left else messages.SUCCESS)


def _ids(queryset: QuerySet[PreferencePair]) -> list[int]:
    return list(queryset.values_list("pk", flat=True))


def _excerpt(text: str) -> SafeString:
    return format_html('<span class="excerpt" title="{}">{}</span>', text, text[:200])
