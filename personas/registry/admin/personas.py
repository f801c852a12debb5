"""Personas in the admin: what one says of itself, which version speaks, and the way back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from config.admin_pages import dialog
from personas.ratings.canary import canary_tally
from personas.registry.admin.actions import CSS, OperatorPermissions, act, train_now
from personas.registry.models import Persona
from personas.registry.services import candidate_dismiss, champion_roll_back


class LinesField(forms.CharField):
    """A list of texts, written one a line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return [line.strip() for line in super().to_python(value).splitlines() if line.strip()]


class PersonaPageForm(forms.ModelForm):
    """What a persona says of itself."""

    starters = LinesField(
        label=_("첫마디 제안"),
        help_text=_("한 줄에 하나씩"),
        required=False,
        widget=UnfoldAdminTextareaWidget(),
    )

    class Meta:
        model = Persona
        exclude: list[str] = []


@admin.register(Persona)
class PersonaAdmin(OperatorPermissions, ModelAdmin):
    """What a persona says of itself, which version speaks, and the way back."""

    form = PersonaPageForm
    list_display = ["name_with_color", "slug", "champion", "is_active", "position"]
    list_display_links = ["name_with_color"]
    list_select_related = ["champion__persona"]
    readonly_fields = ["champion", "champion_moves", "canary"]
    fieldsets = [
        (
            None,
            {"fields": [("slug", "name", "name_en"), ("tagline", "tagline_en"), ("color", "position", "is_active")]},
        ),
        (_("대화"), {"fields": ["starters", "style_prompt", "sampling"]}),
        (_("버전"), {"fields": ["champion", "champion_moves"]}),
        (_("후보"), {"fields": ["canary_percent", "canary"]}),
    ]
    actions_detail = ["train_now", "roll_back", "dismiss_candidate"]
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

    @display(description=_("방문자들의 투표"))
    def canary(self, persona: Persona) -> SafeString | str:
        tally = canary_tally(persona)
        return (
            render_to_string("registry/canary.html", {"tally": tally}) if tally else _("견주고 있는 후보가 없습니다.")
        )

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

    @action(
        description=_("후보 거두기"),
        icon="do_not_disturb_on",
        permissions=["move_champion"],
        dialog=dialog(_("후보를 거둘까요?"), _("더는 현재 버전과 견주지 않습니다. 버전은 남습니다."), _("거두기")),
    )
    def dismiss_candidate(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        persona = get_object_or_404(Persona, pk=object_id)

        def dismiss() -> str:
            candidate_dismiss(persona=persona)
            return _("후보를 거두었습니다: {persona}").format(persona=persona)

        return act(request, reverse("admin:registry_persona_change", args=[object_id]), dismiss)
