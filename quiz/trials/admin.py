"""Trials of wordings in the admin: a second wording is written, switched on and off, read, and taken over."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from config.admin_pages import dialog, go
from quiz.errors import TrialRefused
from quiz.models import WordingTrial
from quiz.trials.rows import trial_view
from quiz.trials.services import trial_end, trial_start, trial_take_over

Stage: Any = WordingTrial.Stage  # Any: a type checker without Django's stubs takes its members for tuples
WRITTEN = ["question", "scene", "scene_en", "text", "text_en", "planned_takers"]


@admin.register(WordingTrial)
class WordingTrialAdmin(ModelAdmin):
    """Nothing of a trial that has begun is edited: its figures are those of the words that people read."""

    list_display = ["scene", "question", "state", "takers", "started_at", "ended_at"]
    list_filter = ["question__quiz"]
    list_select_related = ["question"]
    fieldsets = [
        (None, {"fields": ["question", ("scene", "scene_en"), ("text", "text_en"), "planned_takers"]}),
        (_("두 문구 나란히"), {"fields": [("stage", "started_at", "ended_at"), "report"]}),
    ]
    readonly_fields = ["stage", "started_at", "ended_at", "report"]
    actions_detail = ["switch_on", "switch_off", "take_over"]
    compressed_fields = False

    class Media:
        css = {"all": ["quiz/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[WordingTrial]:
        return super().get_queryset(request).select_related("question")

    def get_fieldsets(self, request: HttpRequest, obj: WordingTrial | None = None) -> list:
        """A trial that is being written has nothing to show yet."""
        return self.fieldsets if obj else self.fieldsets[:1]

    def get_readonly_fields(self, request: HttpRequest, obj: WordingTrial | None = None) -> list[str]:
        return [*self.readonly_fields, *WRITTEN] if obj and obj.started_at else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: WordingTrial | None = None) -> bool:
        """Walks name the trial whose words they show; one that never ran may go."""
        return obj is not None and obj.started_at is None and super().has_delete_permission(request, obj)

    def has_decide_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("quiz.change_wordingtrial")

    @display(
        description=_("상태"),
        label={Stage.DRAFT: "", Stage.RUNNING: "info", Stage.ENDED: "warning", Stage.TAKEN_OVER: "success"},
    )
    def state(self, trial: WordingTrial) -> tuple[str, str]:
        return trial.stage, trial.stage.label

    @display(description=_("상태"))
    def stage(self, trial: WordingTrial) -> str:
        return trial.stage.label

    @display(description=_("응시"))
    def takers(self, trial: WordingTrial) -> str:
        return " · ".join(str(count) for count in trial.figures.get("takers", [])) or "–"

    @display(description=_("수치"))
    def report(self, trial: WordingTrial) -> SafeString:
        return render_to_string("quiz/wording_trial.html", {"view": trial_view(trial)})

    @action(
        description=_("켜기"),
        icon="play_arrow",
        permissions=["decide"],
        dialog=dialog(_("두 문구를 시험할까요?"), _("새로 시작하는 방문자의 절반이 둘째 문구를 받습니다."), _("켜기")),
    )
    def switch_on(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return _decide(request, object_id, trial_start, _("켰습니다. 새로 시작하는 사람부터 한 문구씩 받습니다."))

    @action(
        description=_("끄기"),
        icon="stop",
        permissions=["decide"],
        dialog=dialog(_("시험을 끌까요?"), _("새로 시작하는 방문자는 모두 첫째 문구를 받습니다."), _("끄기")),
    )
    def switch_off(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return _decide(request, object_id, trial_end, _("껐습니다. 모두 첫째 문구를 받습니다."))

    @action(
        description=_("둘째 문구로 바꿔 넣기"),
        icon="done_all",
        permissions=["decide"],
        dialog=dialog(
            _("둘째 문구로 바꿀까요?"),
            _("질문의 문구가 둘째 문구로 바뀝니다. 첫째 문구는 이 시험에 남습니다."),
            _("바꾸기"),
        ),
    )
    def take_over(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return _decide(request, object_id, trial_take_over, _("질문의 문구를 둘째 문구로 바꿨습니다."))


def _decide(request: HttpRequest, object_id: str, service: Callable[..., None], done: str) -> HttpResponse:
    """Run the service, say what came of it, and show the trial again."""
    try:
        service(trial=get_object_or_404(WordingTrial, pk=object_id))
        messages.success(request, done)
    except TrialRefused as refusal:
        messages.error(request, str(refusal))
    return go(request, reverse("admin:quiz_wordingtrial_change", args=[object_id]))
