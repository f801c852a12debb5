"""Thumbs in the admin: counted per version, listed, approved or rejected. No visitor is named here."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from personas.chat.selectors import messages_for_model
from personas.curation.excerpts import conversation_html, excerpt
from personas.curation.marks import MarkedRows
from personas.curation.pair_filters import DayFilter
from personas.thumbs.filters import ThumbFlagFilter, TrainableFilter, VersionFilter
from personas.thumbs.models import Thumb
from personas.thumbs.selectors import tallies_by_version
from personas.thumbs.services import thumbs_judge

Status: Any = Thumb.Status  # Any: a type checker without Django's stubs takes its members for tuples
Direction: Any = Thumb.Direction


@admin.register(Thumb)
class ThumbAdmin(MarkedRows, SimpleHistoryAdmin, ModelAdmin):
    """Approved ones train where that is switched on (MIN_TRAINING_THUMBS). Every judgement is in a thumb's history."""

    list_display = [
        "reply_excerpt",
        "question",
        "thumb",
        "reasons_given",
        "state",
        "kinds_of_marks",
        "version",
        "may_train",
        "created_at",
    ]
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
    ordering = ["-created_at"]
    search_fields = ["reply__text", "reply__turn__text"]
    fieldsets = [
        (None, {"fields": ["conversation", "reply_text", ("direction", "reasons_given"), "marks"]}),
        (_("검토"), {"fields": [("status", "reviewed_by", "reviewed_at")]}),
        (_("내력"), {"fields": [("persona", "version", "may_train", "created_at")]}),
    ]
    compressed_fields = False
    actions = ["approve", "reject", "reopen"]

    class Media:
        css = {"all": ["registry/admin.css", "curation/desk.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "tallies": tallies_by_version()})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thumb]:
        return super().get_queryset(request).prefetch_related("flags")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Thumbs come from visitors."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Thumb | None = None) -> bool:
        """Judged in the list; nobody puts words into a visitor's mouth."""
        return obj is None and super().has_change_permission(request)

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

    @display(description=_("엄지"), ordering="direction", label={Direction.UP: "success", Direction.DOWN: "danger"})
    def thumb(self, thumb: Thumb) -> tuple[str, str]:
        return thumb.direction, thumb.get_direction_display()

    @display(description=_("까닭"))
    def reasons_given(self, thumb: Thumb) -> SafeString:
        return excerpt(thumb.reason or "–")

    @display(
        description=_("상태"),
        ordering="status",
        label={Status.PENDING: "info", Status.APPROVED: "success", Status.REJECTED: "danger"},
    )
    def state(self, thumb: Thumb) -> tuple[str, str]:
        return thumb.status, thumb.get_status_display()

    @display(description=_("학습에 쓸 수 있음"), boolean=True)
    def may_train(self, thumb: Thumb) -> bool:
        return thumb.may_train

    @admin.action(description=_("승인"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Thumb]) -> None:
        _judge(request, queryset, Status.APPROVED)

    @admin.action(description=_("거절"), permissions=["change"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Thumb]) -> None:
        _judge(request, queryset, Status.REJECTED)

    @admin.action(description=_("검토 전으로 되돌리기"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Thumb]) -> None:
        _judge(request, queryset, Status.PENDING)


def _judge(request: HttpRequest, queryset: QuerySet[Thumb], status: str) -> None:
    count = thumbs_judge(thumbs=list(queryset.values_list("pk", flat=True)), status=status, by=request.user)
    told = _("엄지 {count}개를 ‘{status}’ 상태로 두었습니다.").format(count=count, status=Status(status).label)
    messages.success(request, told)
