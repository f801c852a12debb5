"""The registry in the admin: personas, adapter versions, snapshots and runs."""

from typing import Any

from django.contrib import admin, messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from personas.registry.admin_actions import OperatorPermissions, PersonaForm, ReadOnlyAdmin, act, dialog, train_now
from personas.registry.gate_report import figure, table_rows
from personas.registry.models import AdapterVersion, DatasetSnapshot, Persona, TrainingRun
from personas.registry.services import champion_promote, champion_roll_back

CSS = {"all": ["registry/admin.css"]}


@admin.register(Persona)
class PersonaAdmin(OperatorPermissions, ModelAdmin):
    """What a persona says of itself, which version speaks, and the way back."""

    list_display = ["name_with_color", "slug", "champion", "is_active", "position"]
    list_display_links = ["name_with_color"]
    list_select_related = ["champion__persona"]
    readonly_fields = ["champion", "champion_moves"]
    fieldsets = [
        (
            None,
            {"fields": [("slug", "name", "name_en"), ("tagline", "tagline_en"), ("color", "position", "is_active")]},
        ),
        (_("대화"), {"fields": ["starters", "style_prompt", "sampling"]}),
        (_("버전"), {"fields": ["champion", "champion_moves"]}),
    ]
    actions_detail = ["train_now", "roll_back"]
    compressed_fields = False

    class Media:
        css = CSS

    def has_delete_permission(self, request: HttpRequest, obj: Persona | None = None) -> bool:
        """Conversations hang on a persona; it is hidden instead (is_active)."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Persona | None = None) -> list[str]:
        """The slug is part of addresses and file names: fixed once made."""
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    @display(description=_("이름"), ordering="name")
    def name_with_color(self, persona: Persona) -> SafeString:
        return format_html('<span class="dot" style="background:{}"></span>{}', persona.color, persona.name)

    @display(description=_("현재 버전 기록"))
    def champion_moves(self, persona: Persona) -> SafeString:
        moves = persona.champion_moves.select_related("version__persona", "previous__persona", "by")[:20]
        return render_to_string("registry/champion_moves.html", {"moves": moves})

    @action(
        description=_("지금 학습"),
        icon="model_training",
        permissions=["start_run"],
        dialog=dialog(_("지금 학습할까요?"), _("승인된 쌍으로 새 버전을 만들고 관문에서 견줍니다."), _("학습 시작")),
    )
    def train_now(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        persona = get_object_or_404(Persona, pk=object_id)
        return train_now(request, persona, reverse("admin:registry_trainingrun_changelist"))

    @action(
        description=_("이전 버전으로 되돌리기"),
        icon="undo",
        permissions=["move_champion"],
        dialog=dialog(_("이전 버전으로 되돌릴까요?"), _("다음 답부터 이전 버전이 말합니다."), _("되돌리기")),
    )
    def roll_back(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        persona = get_object_or_404(Persona, pk=object_id)

        def roll_back() -> str:
            version = champion_roll_back(persona=persona, by=request.user)
            return _("현재 버전: {version}").format(version=version)

        return act(request, reverse("admin:registry_persona_change", args=[object_id]), roll_back)


@admin.register(AdapterVersion)
class AdapterVersionAdmin(ReadOnlyAdmin):
    """Where a version comes from and how it measured."""

    list_display = ["label", "role", "snapshot", "base", "created_at"]
    list_filter = ["persona"]
    list_select_related = ["persona", "snapshot__persona"]
    fieldsets = [
        (None, {"fields": [("label", "is_champion", "created_at"), ("snapshot", "run")]}),
        (_("측정값"), {"fields": ["metrics"]}),
        (_("내력"), {"fields": ["base_hash", "weights_sha256", "path", "manifest"]}),
    ]
    actions_detail = ["promote"]

    class Media:
        css = CSS

    @display(description=_("버전"), ordering="number")
    def label(self, version: AdapterVersion) -> str:
        return version.label

    @display(description=_("쓰임"), label={"champion": "success"})
    def role(self, version: AdapterVersion) -> tuple[str, str] | None:
        return ("champion", _("현재 버전")) if self.is_champion(version) else None

    @display(description=_("현재 버전"), boolean=True)
    def is_champion(self, version: AdapterVersion) -> bool:
        return version.persona.champion_id == version.pk

    @display(description=_("기반 모델"))
    def base(self, version: AdapterVersion) -> str:
        return version.manifest.get("base_name") or version.base_hash[:12]

    @display(description=_("만든 실행"))
    def run(self, version: AdapterVersion) -> TrainingRun | None:
        return TrainingRun.objects.filter(candidate=version).select_related("persona").first()

    @display(description=_("측정값"))
    def metrics(self, version: AdapterVersion) -> SafeString:
        metrics = list(_flat(version.manifest.get("metrics", {})))
        return render_to_string("registry/metrics.html", {"metrics": metrics}) if metrics else "–"

    @action(
        description=_("현재 버전으로 올리기"),
        icon="upgrade",
        permissions=["move_champion"],
        dialog=dialog(_("현재 버전으로 올릴까요?"), _("다음 답부터 이 버전이 말합니다."), _("올리기")),
    )
    def promote(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        version = get_object_or_404(AdapterVersion.objects.select_related("persona"), pk=object_id)

        def promote() -> str:
            champion_promote(persona=version.persona, version=version, by=request.user)
            return _("현재 버전: {version}").format(version=version)

        return act(request, reverse("admin:registry_adapterversion_change", args=[object_id]), promote)


def _flat(metrics: dict[str, Any], before: str = "") -> Any:
    """Nested figures as (name, text), one level a dot."""
    for name, value in metrics.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", figure(value)


@admin.register(DatasetSnapshot)
class DatasetSnapshotAdmin(ReadOnlyAdmin):
    """Training sets, to look at and to download."""

    list_display = ["name", "persona", "rows", "created_at"]
    list_filter = ["persona"]
    list_select_related = ["persona"]
    fields = [("persona", "rows", "created_at"), "sha256", "path"]
    actions_detail = ["download"]

    @display(description=_("스냅숏"), ordering="sha256")
    def name(self, snapshot: DatasetSnapshot) -> str:
        return snapshot.sha256[:12]

    @action(description=_("내려받기"), icon="download", permissions=["view"])
    def download(self, request: HttpRequest, object_id: str) -> HttpResponse | FileResponse:
        snapshot = get_object_or_404(DatasetSnapshot.objects.select_related("persona"), pk=object_id)
        if not snapshot.file.exists():
            messages.error(request, _("파일이 없습니다: {file}").format(file=snapshot.file))
            return HttpResponseRedirect(reverse("admin:registry_datasetsnapshot_change", args=[object_id]))
        return FileResponse(snapshot.file.open("rb"), as_attachment=True, filename=snapshot.file.name)


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnlyAdmin):
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
        (_("관문"), {"fields": ["gate"]}),
        (_("자료와 결과"), {"fields": [("snapshot", "candidate"), "progress"]}),
    ]
    actions_list = ["train_now"]

    class Media:
        css = CSS

    @display(
        description=_("상태"),
        ordering="status",
        label={
            TrainingRun.Status.RUNNING: "info",
            TrainingRun.Status.PROMOTED: "success",
            TrainingRun.Status.REFUSED: "warning",
            TrainingRun.Status.SKIPPED: "",
            TrainingRun.Status.FAILED: "danger",
        },
    )
    def state(self, run: TrainingRun) -> tuple[str, str]:
        return run.status, run.get_status_display()

    @display(description=_("걸린 시간"))
    def took(self, run: TrainingRun) -> str:
        return str(run.finished_at - run.started_at).split(".")[0] if run.finished_at else "–"

    @display(description=_("까닭"))
    def why(self, run: TrainingRun) -> SafeString:
        return format_html('<span class="excerpt">{}</span>', run.error or run.reason)

    @display(description=_("오류"))
    def error_text(self, run: TrainingRun) -> SafeString | str:
        return format_html('<pre class="error-text">{}</pre>', run.error) if run.error else "–"

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
