"""Adapter versions in the admin: where one comes from, how it measured, and the button that puts it up."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from config.admin_pages import dialog
from personas.curation.selectors import removed_rows
from personas.grading.selectors import grades_standing
from personas.registry.admin.actions import CSS, RegistryAdmin, act
from personas.registry.admin.side_by_side import SideBySideForm
from personas.registry.gate_report import table_rows
from personas.registry.models import AdapterVersion, TrainingRun
from personas.registry.selectors import alias_of
from personas.registry.services import candidate_stand, champion_promote
from personas.registry.shown_words import figure, figure_name
from personas.registry.side_by_side import side_by_side_request

ALIASES: dict[str, str | Promise] = {"champion": _("현재 버전"), "candidate": _("후보 버전"), "previous": _("앞 버전")}


@admin.register(AdapterVersion)
class AdapterVersionAdmin(RegistryAdmin):
    """Where a version comes from and how it measured."""

    list_display = ["label", "role", "good", "in_style", "relevance", "snapshot", "base", "removed", "created_at"]
    list_filter = ["persona"]
    list_select_related = ["persona", "snapshot__persona"]
    fieldsets = [
        (None, {"fields": [("label", "alias", "created_at"), "removed"]}),
        (_("내력"), {"fields": ["lineage"]}),
        (_("관문"), {"fields": ["gate"]}),
        (_("측정값"), {"fields": ["graded", "metrics"]}),
        (_("설정"), {"fields": ["recipe"]}),
        (_("현재 버전이었던 때"), {"fields": ["moves"]}),
    ]
    actions_detail = ["promote", "stand", "compare"]

    class Media:
        css = CSS

    @display(description=_("버전"), ordering="number")
    def label(self, version: AdapterVersion) -> str:
        return version.label

    @display(description=_("쓰임"), label={"champion": "success", "candidate": "primary", "previous": "info"})
    def role(self, version: AdapterVersion) -> tuple[str, str] | None:
        alias = alias_of(version)
        return (alias, ALIASES[alias]) if alias else None

    @display(description=_("쓰임"))
    def alias(self, version: AdapterVersion) -> str | Promise:
        return ALIASES.get(alias_of(version), "–")

    @display(description=_("사라진 행"))
    def removed(self, version: AdapterVersion) -> SafeString | str:
        """Rows it learned from whose visitor has withdrawn consent or left."""
        count = removed_rows(version.snapshot)
        if not count:
            return "–"
        return format_html("<strong>{}</strong>", _("{count}행 · 오늘 밤 다시 학습합니다").format(count=count))

    @display(description=_("기반 모델"))
    def base(self, version: AdapterVersion) -> str:
        return version.manifest.get("base_name") or version.base_hash[:12]

    @display(description=_("무엇으로 만들었나"))
    def lineage(self, version: AdapterVersion) -> SafeString:
        run = TrainingRun.objects.filter(candidate=version).select_related("persona").first()
        return render_to_string("registry/lineage.html", {"version": version, "run": run})

    @display(description=_("관문 보고서"))
    def gate(self, version: AdapterVersion) -> SafeString | str:
        checks = table_rows(version.manifest.get("gate", {}))
        return render_to_string("registry/gate_report.html", {"checks": checks}) if checks else "–"

    @display(description=_("학습 설정"))
    def recipe(self, version: AdapterVersion) -> SafeString | str:
        return _figures(version.manifest.get("settings", {}))

    @display(description=_("현재 버전 기록"))
    def moves(self, version: AdapterVersion) -> SafeString:
        moves = version.persona.champion_moves.filter(Q(version=version) | Q(previous=version))
        moves = moves.select_related("version__persona", "previous__persona", "by")
        return render_to_string("registry/champion_moves.html", {"moves": moves})

    @display(description=_("좋은 답"))
    def good(self, version: AdapterVersion) -> SafeString | str:
        return _graded("registry/good_share.html", version)

    @display(description=_("제 말투"))
    def in_style(self, version: AdapterVersion) -> str:
        return figure(version.manifest.get("metrics", {}).get("style_accuracy"))

    @display(description=_("물음에 맞음"))
    def relevance(self, version: AdapterVersion) -> str:
        return figure(version.manifest.get("metrics", {}).get("relevance"))

    @display(description=_("사람이 채점한 좋은 답"))
    def graded(self, version: AdapterVersion) -> SafeString | str:
        return _graded("registry/graded.html", version)

    @display(description=_("측정값"))
    def metrics(self, version: AdapterVersion) -> SafeString | str:
        measured = version.manifest.get("metrics", {})
        return _figures({name: value for name, value in measured.items() if name != "samples"})

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

    @action(
        description=_("후보로 세우기"),
        icon="science",
        permissions=["move_champion"],
        dialog=dialog(
            _("후보로 세울까요?"),
            _("두 답 견주기의 일부에서 현재 버전과 견줍니다. 비율은 페르소나에서 정합니다."),
            _("세우기"),
        ),
    )
    def stand(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        version = get_object_or_404(AdapterVersion.objects.select_related("persona__champion"), pk=object_id)

        def stand() -> str:
            candidate_stand(version=version)
            return _("후보 버전: {version}").format(version=version)

        return act(request, reverse("admin:registry_persona_change", args=[version.persona_id]), stand)

    @action(
        description=_("나란히 보기"),
        icon="compare",
        permissions=["start_run"],
        dialog=dialog(
            _("어느 버전과 나란히 볼까요?"),
            _("같은 물음에 두 버전이 답합니다."),
            _("답 받기"),
            SideBySideForm,
        ),
    )
    def compare(self, request: HttpRequest, form: SideBySideForm, object_id: str) -> HttpResponse:
        version = get_object_or_404(AdapterVersion.objects.select_related("persona"), pk=object_id)
        other, prompts = form.cleaned_data["other"], form.cleaned_data["prompts"].splitlines()

        def ask() -> str:
            side_by_side_request(first=version, second=other, prompts=prompts, by=request.user)
            return _("두 버전에게 물었습니다. 답이 오는 대로 아래에 나타납니다.")

        return act(request, reverse("admin:registry_sidebyside_changelist"), ask)


def _graded(template: str, version: AdapterVersion) -> SafeString | str:
    """How readers graded its replies in the newest round that is closed."""
    standing = grades_standing(version)
    if standing is None:
        return "–"
    grading_round, grades = standing
    return render_to_string(template, {"round": grading_round, "grades": grades})


def _figures(nested: dict[str, Any]) -> SafeString | str:
    figures = list(_flat(nested))
    return render_to_string("registry/metrics.html", {"metrics": figures}) if figures else "–"


def _flat(metrics: dict[str, Any], before: str = "") -> Any:
    """Nested figures as (name, text), one level a dot; one that was measured with an interval is a single line."""
    for code, value in metrics.items():
        name = f"{before}{figure_name(code)}"
        if isinstance(value, dict) and value.keys() - {"pairs"} == {"value", "low", "high"}:
            yield name, _with_interval(**value)
        elif isinstance(value, dict):
            yield from _flat(value, f"{name}.")
        else:
            yield name, figure(value)


def _with_interval(*, value: float, low: float, high: float, pairs: int | None = None) -> str:
    between = _("{value} (95% {low}–{high})").format(value=figure(value), low=figure(low), high=figure(high))
    return between if pairs is None else _("{figure}, {pairs}쌍").format(figure=between, pairs=pairs)
