"""The curation desk: preference pairs side by side, to approve, reject or reword. No visitor is named here."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from personas.chat.selectors import CONTEXT_TURNS
from personas.curation import deciding, decision_admin, sft_admin  # noqa: F401  the last two register their pages
from personas.curation.agreement_pages import AgreementView
from personas.curation.bulk_pages import BulkView, bulk_preview
from personas.curation.errors import DeskRefused
from personas.curation.excerpts import conversation_html, excerpt, exemplars_html, sampling_rows
from personas.curation.exchange_pages import ImportView, export_file
from personas.curation.exemplars import exemplars_standing
from personas.curation.history_words import HistoryAdmin, HistoryWords
from personas.curation.leases import leased_to_others
from personas.curation.marks import MarkedRows
from personas.curation.models import Decision, PreferencePair
from personas.curation.pair_filters import (
    DayFilter,
    FlagFilter,
    LengthFilter,
    SimilarFilter,
    SimilarFirst,
    VersionFilter,
    VoteKindFilter,
)
from personas.curation.queue_pages import DONE, QueueView
from personas.curation.row_files import JSON_LINES, PARQUET
from personas.curation.saved_views import SavedViewsView, saved_views_context
from personas.curation.trl_rows import row_data

Status: Any = PreferencePair.Status  # Any: a type checker without Django's stubs takes its members for tuples
Deed: Any = Decision.Deed


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
class PreferencePairAdmin(MarkedRows, HistoryAdmin, ModelAdmin):
    """Every write goes through the services; the history has them all."""

    form = PairForm
    list_display = [
        "question",
        "chosen_excerpt",
        "rejected_excerpt",
        "state",
        "kinds_of_marks",
        "persona",
        "created_at",
    ]
    list_display_links = ["question"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("persona", RelatedDropdownFilter),
        VoteKindFilter,
        VersionFilter,
        FlagFilter,
        LengthFilter,
        ("created_at", DayFilter),
        "is_exemplar",
        SimilarFilter,
    ]
    list_filter_submit = True
    list_select_related = ["persona"]
    list_before_template = "curation/saved_views.html"
    list_per_page = 50
    ordering = [Case(When(status=Status.PENDING, then=0), default=1), "-created_at"]
    # By place: the database keeps JSON escaped, and reads a value out as the text it is.
    search_fields = ["chosen", "rejected", *(f"prompt__{at}__content" for at in range(2 * CONTEXT_TURNS - 1))]
    readonly_fields = [
        "conversation",
        "exemplars_read",
        "is_exemplar",
        "marks",
        "persona",
        "status",
        "source",
        "chosen_version",
        "rejected_version",
        "drawn",
        "reasons",
        "consent_at",
        "reviewed_by",
        "reviewed_at",
        "created_at",
    ]
    fieldsets = [
        (None, {"fields": ["conversation", "exemplars_read", ("chosen", "rejected"), "marks"]}),
        (_("검토"), {"fields": [("status", "reviewed_by", "reviewed_at", "is_exemplar")]}),
        (
            _("내력"),
            {
                "fields": [
                    ("persona", "source", "created_at", "consent_at"),
                    ("chosen_version", "rejected_version"),
                    "reasons",
                    "drawn",
                ]
            },
        ),
    ]
    compressed_fields = False
    actions = ["approve", "reject", "reopen", "let_in", "take_out", "export_json_lines", "export_parquet"]
    actions_list = ["open_queue", "open_agreement", "open_import"]
    actions_detail = ["find_similar"]
    actions_submit_line = ["save_and_approve", "save_and_reject"]

    class Media:
        css = {"all": ["registry/admin.css", "curation/desk.css"]}
        js = ["curation/list.js"]

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (
            ("queue/", "curation_queue", QueueView.as_view(model_admin=self)),
            ("bulk/", "curation_bulk", BulkView.as_view(model_admin=self)),
            ("agreement/", "curation_agreement", AgreementView.as_view(model_admin=self)),
            ("import/", "curation_import", ImportView.as_view(model_admin=self)),
            ("views/", "curation_views", SavedViewsView.as_view(model_admin=self)),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PreferencePair]:
        return super().get_queryset(request).prefetch_related("flags__twin")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SimilarFirst]:
        return SimilarFirst

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """How alike they are, where one came from a pair to those like it."""
        columns = list(super().get_list_display(request))
        return [*columns[:1], "alike", *columns[1:]] if SimilarFilter.parameter_name in request.GET else columns

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), **saved_views_context(request)})

    def has_change_permission(self, request: HttpRequest, obj: PreferencePair | None = None) -> bool:
        """Whoever may judge pairs; one that another curator has before them can only be looked at."""
        pk = getattr(obj, "pk", obj)  # unfold asks with the word that stands in the address, a number or not
        free = not str(pk).isdecimal() or not leased_to_others(request.user).filter(pair=pk).exists()
        return free and super().has_change_permission(request, obj)

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> HistoryWords:
        return HistoryWords(self.model, historical_record, max_displayed_delta_change_chars=300)

    def revert_disabled(self, request: HttpRequest, obj: PreferencePair | None = None) -> bool:
        """The history is there to read; a decision is taken back by `reopen`, which is written down as well."""
        return True

    def has_exchange_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """A method, because unfold looks "app.permission" names up before there are tables."""
        return request.user.has_perm("curation.exchange_preferencepair")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Pairs come from votes and from import_pairs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PreferencePair | None = None) -> bool:
        """A pair is rejected, not deleted; it goes with its visitor."""
        return False

    @display(description=_("질문"))
    def question(self, pair: PreferencePair) -> SafeString:
        return excerpt(pair.last_message)

    @display(description=_("비슷한 정도"), ordering="similarity")
    def alike(self, pair: PreferencePair) -> str:
        """The share of three-letter pieces that both have, among those that either has."""
        return f"{getattr(pair, 'similarity', 0):.0%}"

    @display(description=_("고른 답"))
    def chosen_excerpt(self, pair: PreferencePair) -> SafeString:
        return excerpt(pair.chosen)

    @display(description=_("고르지 않은 답"))
    def rejected_excerpt(self, pair: PreferencePair) -> SafeString:
        return excerpt(pair.rejected)

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
        return pair.vote.reason if pair.vote else ""

    @display(description=_("생성 설정"))
    def drawn(self, pair: PreferencePair) -> SafeString | str:
        rows = sampling_rows(pair.sampling)
        return render_to_string("curation/sampling.html", {"rows": rows}) if rows else "–"

    @display(description=_("대화"))
    def conversation(self, pair: PreferencePair) -> SafeString:
        speakers = {"user": _("방문자"), "assistant": pair.persona.name, "system": _("지시")}
        return conversation_html(pair.prompt, speakers)

    @display(description=_("참고한 예시"))
    def exemplars_read(self, pair: PreferencePair) -> SafeString | str:
        return exemplars_html(pair.exemplars)

    def save_model(self, request: HttpRequest, obj: PreferencePair, form: PairForm, change: bool) -> None:
        """Reword through the service, then decide where a deciding button was pressed."""
        if form.changed_data:
            deciding.pair_edit(pair=obj, chosen=obj.chosen, rejected=obj.rejected, by=request.user)
        for button in self.get_actions_submit_line(request, obj.pk):
            if button.action_name in request.POST:
                button.method(request, obj)

    @action(description=_("저장하고 승인"), permissions=["change"])
    def save_and_approve(self, request: HttpRequest, obj: PreferencePair) -> None:
        _decide(request, obj, Deed.APPROVE)

    @action(description=_("저장하고 거절"), permissions=["change"])
    def save_and_reject(self, request: HttpRequest, obj: PreferencePair) -> None:
        _decide(request, obj, Deed.REJECT)

    @admin.action(description=_("승인"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> HttpResponse:
        return bulk_preview(self, request, Deed.APPROVE, _ids(queryset))

    @admin.action(description=_("거절"), permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> HttpResponse:
        return bulk_preview(self, request, Deed.REJECT, _ids(queryset))

    @admin.action(description=_("검토 전으로 되돌리기"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> HttpResponse:
        return bulk_preview(self, request, Deed.REOPEN, _ids(queryset))

    @admin.action(description=_("예시로 넣기"), permissions=["change"])
    def let_in(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> HttpResponse:
        return bulk_preview(self, request, Deed.LET_IN, _ids(queryset))

    @admin.action(description=_("예시에서 빼기"), permissions=["change"])
    def take_out(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> HttpResponse:
        return bulk_preview(self, request, Deed.TAKE_OUT, _ids(queryset))

    @action(description=_("대기열 열기"), icon="keyboard", permissions=["change"], url_path="open-queue")
    def open_queue(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:curation_queue"))

    @action(description=_("일치도와 조정"), icon="balance", permissions=["change"], url_path="open-agreement")
    def open_agreement(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:curation_agreement"))

    @action(description=_("가져오기"), icon="upload", permissions=["exchange"], url_path="open-import")
    def open_import(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:curation_import"))

    @admin.action(description=_("내보내기 (JSON 줄)"), permissions=["exchange"])
    def export_json_lines(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> HttpResponse | None:
        return export_file(request, "pairs", JSON_LINES, _rows(queryset))

    @admin.action(description=_("내보내기 (Parquet)"), permissions=["exchange"])
    def export_parquet(self, request: HttpRequest, queryset: QuerySet[PreferencePair]) -> HttpResponse | None:
        return export_file(request, "pairs", PARQUET, _rows(queryset))

    @action(description=_("비슷한 쌍 찾기"), icon="difference", permissions=["view"])
    def find_similar(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:curation_preferencepair_changelist')}?similar_to={object_id}")


def _decide(request: HttpRequest, pair: PreferencePair, deed: str) -> None:
    try:
        deciding.pair_judge(pair=pair.pk, deed=deed, by=request.user)
    except DeskRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, DONE[deed])


def _rows(queryset: QuerySet[PreferencePair]) -> list[dict[str, Any]]:
    pairs = list(queryset.select_related("persona").order_by("pk"))
    exemplars = exemplars_standing([pair.exemplars for pair in pairs])
    return [row_data(pair, read, persona=pair.persona.slug) for pair, read in zip(pairs, exemplars, strict=True)]


def _ids(queryset: QuerySet[PreferencePair]) -> list[int]:
    return list(queryset.values_list("pk", flat=True))
