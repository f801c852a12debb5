"""Training runs in the admin: what runs now, live, and what came of earlier ones."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from config.admin_pages import dialog
from inference_worker.contracts import RETRAIN_ALL
from personas.registry.admin.actions import CSS, PersonaForm, RegistryAdmin, act, train_now
from personas.registry.gate_report import table_rows
from personas.registry.models import TrainingRun
from personas.registry.run_charts import charts_of
from personas.registry.run_log import log_lines
from personas.registry.runs import run_cancel

LOG_LINES = 200  # a page shows the last ones
SILENT = "silent"  # the look of a run that should go on and says nothing


@admin.register(TrainingRun)
class TrainingRunAdmin(RegistryAdmin):
    """What ran, what came of it, and why."""

    list_display = ["started_at", "persona", "state", "trigger", "took", "candidate", "why"]
    list_filter = ["status", "persona", "dry_run"]
    list_select_related = ["persona", "candidate__persona"]
    date_hierarchy = "started_at"
    fieldsets = [
        (
            None,
            {"fields": [("persona", "status", "trigger", "dry_run"), ("started_at", "took"), "reason", "error_text"]},
        ),
        (_("진행"), {"fields": ["live"]}),
        (_("관문"), {"fields": ["gate"]}),
        (_("자료와 결과"), {"fields": [("snapshot", "candidate")]}),
    ]
    actions_list = ["train_now", "schedule"]
    actions_detail = ["cancel"]

    class Media:
        css = CSS

    @display(
        description=_("상태"),
        ordering="status",
        label={
            TrainingRun.Status.RUNNING: "info",
            TrainingRun.Status.PROMOTED: "success",
            TrainingRun.Status.CANDIDATE: "primary",
            TrainingRun.Status.REFUSED: "warning",
            TrainingRun.Status.SKIPPED: "",
            TrainingRun.Status.CANCELLED: "",
            TrainingRun.Status.FAILED: "danger",
            SILENT: "warning",
        },
    )
    def state(self, run: TrainingRun) -> tuple[str, str]:
        return SILENT if run.is_silent else run.status, run.shown_state

    @display(description=_("걸린 시간"))
    def took(self, run: TrainingRun) -> str:
        return str(run.finished_at - run.started_at).split(".")[0] if run.finished_at else "–"

    @display(description=_("까닭"))
    def why(self, run: TrainingRun) -> SafeString:
        return format_html('<span class="excerpt">{}</span>', run.error or run.reason)

    @display(description=_("오류"))
    def error_text(self, run: TrainingRun) -> SafeString | str:
        return format_html('<pre class="error-text">{}</pre>', run.error) if run.error else "–"

    @display(description=_("지금"))
    def live(self, run: TrainingRun) -> SafeString:
        return render_to_string("registry/run_live.html", run_live(run))

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Nobody is offered to stop a run that has ended. Who still had the button on their page is told so."""
        run = self.get_object(request, str(object_id))  # None for a word that is no number
        is_running = run is not None and run.status == TrainingRun.Status.RUNNING
        return super().get_actions_detail(request, object_id) if is_running else []

    def get_urls(self) -> list[URLPattern]:
        live = self.admin_site.admin_view(self.live_view)
        return [path("<int:pk>/live/", live, name="registry_trainingrun_live"), *super().get_urls()]

    def live_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The moving part of a run's page. Once the run has ended, the page loads itself anew, gate report and all."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(TrainingRun.objects.select_related("persona"), pk=pk)
        response = render(request, "registry/run_live.html", run_live(run))
        if run.status != TrainingRun.Status.RUNNING:
            response["HX-Refresh"] = "true"
        return response

    @display(description=_("관문 보고서"))
    def gate(self, run: TrainingRun) -> SafeString | str:
        checks = table_rows(run.gate_report)
        return render_to_string("registry/gate_report.html", {"checks": checks}) if checks else "–"

    @action(
        description=_("지금 학습"),
        icon="model_training",
        permissions=["start_run"],
        dialog=dialog(
            _("누구를 학습할까요?"), _("승인된 쌍으로 새 버전을 만들고 관문에서 견줍니다."), _("학습 시작"), PersonaForm
        ),
    )
    def train_now(self, request: HttpRequest, form: PersonaForm) -> HttpResponse:
        return train_now(request, form.cleaned_data["persona"], reverse("admin:registry_trainingrun_changelist"))

    @action(description=_("밤 일정"), icon="schedule", permissions=["start_run"])
    def schedule(self, request: HttpRequest) -> HttpResponse:
        """Where the schedule is edited: the task that begins the night."""
        night = PeriodicTask.objects.filter(task=RETRAIN_ALL).first()
        if night is None:
            return redirect("admin:django_celery_beat_periodictask_changelist")
        return redirect("admin:django_celery_beat_periodictask_change", night.pk)

    @action(
        description=_("멈추기"),
        icon="stop_circle",
        permissions=["start_run"],
        dialog=dialog(
            _("이 학습을 멈출까요?"), _("하던 걸음까지만 하고 끝납니다. 만들던 것은 남기지 않습니다."), _("멈추기")
        ),
    )
    def cancel(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        run = get_object_or_404(TrainingRun.objects.select_related("persona"), pk=object_id)

        def cancel() -> str:
            run_cancel(run=run, by=request.user)
            return _("멈췄습니다: {run}").format(run=run)

        return act(request, reverse("admin:registry_trainingrun_change", args=[object_id]), cancel)


def run_live(run: TrainingRun) -> dict[str, Any]:
    """What the moving part shows: where the run is, its charts, and the latest of its log."""
    events = list(run.events.all())
    lines = list(log_lines(events))
    return {
        "run": run,
        "now": lines[-1] if lines else None,
        "charts": charts_of(events),
        "lines": lines[: -LOG_LINES - 1 : -1],  # the newest on top, where one looks
        "earlier": max(len(lines) - LOG_LINES, 0),
    }
