"""Thumbs in the admin: counted per version, listed, approved or rejected, one or many. No visitor is named here."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from personas.chat.selectors import messages_for_model
from personas.curation.errors import DeskRefused
from personas.curation.excerpts import conversation_html, excerpt, exemplars_html
from personas.curation.history_words import HistoryAdmin, HistoryWords
from personas.curation.marks import MarkedRows
from personas.curation.pair_filters import DayFilter
from personas.thumbs.bulk_pages import BulkView, Deed, bulk_preview
from personas.thumbs.filters import ThumbFlagFilter, TrainableFilter, VersionFilter
from personas.thumbs.judging import thumb_judge
from personas.thumbs.models import Thumb
from personas.thumbs.selectors import tallies_by_version

Status: Any = Thumb.Status  # Any: a type checker without Django's stubs takes its members for tuples
Direction: Any = Thumb.Direction
COLOURS = {
    Direction.UP: "success",
    Direction.DOWN: "danger",
    Status.PENDING: "info",
    Status.APPROVED: "success",
    Status.REJECTED: "danger",
}


@admin.register(Thumb)
class ThumbAdmin(MarkedRows, HistoryAdmin, ModelAdmin):
    """Approved ones train where that is switched on (MIN_TRAINING_THUMBS). Judgements go through the services, and each
    is in its thumb's history."""

    list_display = ["reply_excerpt", "question", "thumb", "state", "kinds_of_marks", "version", "given_at"]
    list_display_links = ["reply_excerpt"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("direction", ChoicesDropdownFilter),
        ("persona", RelatedDropdownFilter),
        VersionFilter,
        ThumbFlagFilter,
        TrainableFilter,
        ("created_at", DayFilter),
    ]
    list_filter_submit = True
    list_select_related = ["reply__turn", "visitor", "version__persona"]
    list_before_template = "thumbs/by_version.html"
    list_per_page = 50
    ordering = [Case(When(status=Status.PENDING, then=0), default=1), "-created_at"]
    search_fields = ["reply__text", "reply__turn__text"]
    fieldsets = [
        (None, {"fields": ["conversation", "exemplars_read", "reply_text", ("direction", "reasons_given"), "marks"]}),
        (_("검토"), {"fields": [("status", "reviewed_by", "reviewed_at")]}),
        (_("내력"), {"fields": [("persona", "version", "may_train", "created_at")]}),
    ]
    compressed_fields = False
    actions = ["approve", "reject", "reopen"]
    actions_submit_line = ["approve_this", "reject_this", "reopen_this"]

    class Media:
        css = {"all": ["registry/admin.css", "curation/desk.css", "thumbs/admin.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "tallies": tallies_by_version()})

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (("bulk/", "thumbs_bulk", BulkView.as_view(model_admin=self)),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thumb]:
        return super().get_queryset(request).prefetch_related("flags")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Thumbs come from visitors."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Thumb | None = None) -> list[str]:
        """All of them: a thumb is judged, but nobody puts words into a visitor's mouth."""
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> HistoryWords:
        return HistoryWords(self.model, historical_record)

    def revert_disabled(self, request: HttpRequest, obj: Thumb | None = None) -> bool:
        """The history is there to read; a judgement is taken back by `reopen`, which is written down as well."""
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Thumb | None = None) -> bool:
        """It goes with its visitor, or when they take it back."""
        return False

    @display(description=_("답"))
    def reply_excerpt(self, thumb: Thumb) -> SafeString:
        return excerpt(thumb.reply.text)

    @display(description=_("답"))
    def reply_text(self, thumb: Thumb) -> SafeString:
        return format_html('<p class="conversation">{}</p>', thumb.reply.text)

    @display(description=_("질문"))
    def question(self, thumb: Thumb) -> SafeString:
        return excerpt(thumb.reply.turn.text)

    @display(description=_("대화"))
    def conversation(self, thumb: Thumb) -> SafeString:
        speakers = {"user": _("방문자"), "assistant": thumb.reply.speaker.name}
        return conversation_html(messages_for_model(thumb.reply.turn), speakers)

    @display(description=_("참고한 예시"))
    def exemplars_read(self, thumb: Thumb) -> SafeString | str:
        return exemplars_html(thumb.reply.exemplars)

    @display(description=_("엄지"), ordering="direction")
    def thumb(self, thumb: Thumb) -> SafeString:
        return _label(thumb.get_direction_display(), COLOURS[thumb.direction], note=thumb.reason)

    @display(description=_("까닭"))
    def reasons_given(self, thumb: Thumb) -> str:
        return thumb.reason or "–"

    @display(description=_("상태"), ordering="status")
    def state(self, thumb: Thumb) -> SafeString:
        note = "" if thumb.may_train else _("학습에 쓸 수 없음")
        return _label(thumb.get_status_display(), COLOURS[thumb.status], note=note)

    @display(description=_("때"), ordering="created_at")
    def given_at(self, thumb: Thumb) -> str:
        return date_format(localtime(thumb.created_at), "SHORT_DATETIME_FORMAT")

    @display(description=_("학습에 쓸 수 있음"), boolean=True)
    def may_train(self, thumb: Thumb) -> bool:
        return thumb.may_train

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """There is nothing to save but a judgement."""
        nothing_to_save = {"show_save": False, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **nothing_to_save})

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """The judgements that make sense now. One pressed on a page that has aged is answered with why not."""
        buttons = super().get_actions_submit_line(request, object_id)
        if request.method == "POST":
            return buttons
        thumb = self.get_object(request, str(object_id))
        waits = thumb is not None and thumb.status == Status.PENDING
        return [button for button in buttons if (button.path != "reopen-this") == waits]

    def save_model(self, request: HttpRequest, obj: Thumb, form: Any, change: bool) -> None:
        """The button that was pressed writes, by way of the services."""
        for button in self.get_actions_submit_line(request, obj.pk):
            if button.action_name in request.POST:
                button.method(request, obj)

    def response_change(self, request: HttpRequest, obj: Thumb) -> HttpResponse:
        """Back to the list. What was done, or why not, is said by the button."""
        return self.response_post_save_change(request, obj)

    @action(description=_("승인"), permissions=["change"], url_path="approve-this")
    def approve_this(self, request: HttpRequest, obj: Thumb) -> None:
        _judge(request, obj, Status.APPROVED)

    @action(description=_("거절"), permissions=["change"], url_path="reject-this")
    def reject_this(self, request: HttpRequest, obj: Thumb) -> None:
        _judge(request, obj, Status.REJECTED)

    @action(description=_("검토 전으로 되돌리기"), permissions=["change"], url_path="reopen-this")
    def reopen_this(self, request: HttpRequest, obj: Thumb) -> None:
        _judge(request, obj, Status.PENDING)

    @admin.action(description=_("승인"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Thumb]) -> HttpResponse:
        return bulk_preview(self, request, Deed.APPROVE, _ids(queryset))

    @admin.action(description=_("거절"), permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Thumb]) -> HttpResponse:
        return bulk_preview(self, request, Deed.REJECT, _ids(queryset))

    @admin.action(description=_("검토 전으로 되돌리기"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Thumb]) -> HttpResponse:
        return bulk_preview(self, request, Deed.REOPEN, _ids(queryset))


def _judge(request: HttpRequest, thumb: Thumb, status: str) -> None:
    try:
        thumb_judge(thumb=thumb.pk, status=status, by=request.user)
    except DeskRefused as refusal:
        messages.error(request, refusal.message)
    else:
        told = _("엄지 {count}개를 ‘{status}’ 상태로 두었습니다.").format(count=1, status=Status(status).label)
        messages.success(request, told)


def _label(text: str, colour: str, *, note: object) -> SafeString:
    """unfold's coloured label, with a few small words beneath it where there are any."""
    label = render_to_string("unfold/helpers/label.html", {"text": text, "type": colour})
    return format_html('{}<span class="thumb-note">{}</span>', label, note) if note else label


def _ids(queryset: QuerySet[Thumb]) -> list[int]:
    return list(queryset.values_list("pk", flat=True))
