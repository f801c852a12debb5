"""Rounds in the admin: read blind with the keyboard, closed by an operator, and shown as a table from then on."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from config.admin_pages import ReadOnlyAdmin, dialog, go
from personas.grading.errors import GradingRefused
from personas.grading.models import GradingRound
from personas.grading.reading_pages import ReadingView, reading_address
from personas.grading.report import readers_of, round_report
from personas.grading.services import round_close


@admin.register(GradingRound)
class GradingRoundAdmin(ReadOnlyAdmin):
    """Rounds are made by `manage.py grade_replies`. Who wrote what is shown for none that is open."""

    list_display = ["name", "state", "replies", "readers", "created_at", "read_link"]
    list_display_links = ["name"]
    fieldsets = [
        (None, {"fields": [("state", "created_at", "closed_at"), "readers"]}),
        (_("결과"), {"fields": ["report"]}),
    ]
    actions_detail = ["read", "close"]

    class Media:
        css = {"all": ["registry/admin.css"]}

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (("<int:pk>/read/", "grading_read", ReadingView.as_view(model_admin=self)),)

    def has_grade_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Methods, because unfold looks "app.permission" names up before there are tables."""
        return request.user.has_perm("grading.add_grade")

    def has_close_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("grading.change_gradinground")

    @display(description=_("상태"), label={"open": "info", "closed": "success"})
    def state(self, grading_round: GradingRound) -> tuple[str, str]:
        return ("closed", _("닫힘")) if grading_round.is_closed else ("open", _("채점 중"))

    @display(description=_("답"))
    def replies(self, grading_round: GradingRound) -> int:
        return grading_round.items.count()

    @display(description=_("읽은 사람"))
    def readers(self, grading_round: GradingRound) -> str:
        items = list(grading_round.items.prefetch_related("grades"))
        return ", ".join(f"{one.reader} {one.graded}/{len(items)}" for one in readers_of(items)) or "–"

    @display(description=_("읽기"))
    def read_link(self, grading_round: GradingRound) -> SafeString | str:
        if grading_round.is_closed:
            return "–"
        return format_html('<a href="{}">{}</a>', reading_address(grading_round), _("읽기"))

    @display(description=_("결과"))
    def report(self, grading_round: GradingRound) -> SafeString | str:
        if not grading_round.is_closed:
            return _("닫은 다음에 보입니다. 그때까지는 누가 쓴 답인지 아무도 모르고 읽습니다.")
        return render_to_string("grading/report.html", {"report": round_report(grading_round)})

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """A closed round is neither read nor closed. Who still had the button on their page is told so."""
        grading_round = self.get_object(request, str(object_id))  # None for a word that is no number
        is_open = grading_round is not None and not grading_round.is_closed
        return super().get_actions_detail(request, object_id) if is_open else []

    @action(description=_("읽기"), icon="rate_review", permissions=["grade"])
    def read(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reading_address(get_object_or_404(GradingRound, pk=object_id)))

    @action(
        description=_("닫기"),
        icon="lock",
        permissions=["close"],
        dialog=dialog(
            _("이 회차를 닫을까요?"),
            _("더는 채점하거나 고칠 수 없고, 누가 쓴 답인지 보입니다. 다시 열 수 없습니다."),
            _("닫기"),
        ),
    )
    def close(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        try:
            round_close(grading_round=get_object_or_404(GradingRound, pk=object_id))
        except GradingRefused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("회차를 닫았습니다."))
        return go(request, reverse("admin:grading_gradinground_change", args=[object_id]))
