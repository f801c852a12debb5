"""What the registry's admin pages share: who may press a button, and how a button says what came of it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget

from config.admin_pages import ReadOnlyAdmin, go
from personas.registry.adapter_folder import AdapterRefused
from personas.registry.models import Persona, TrainingRun
from personas.registry.runs import RunEnded, run_request
from personas.registry.selectors import personas_active
from personas.registry.services import ChampionRefused

CSS = {"all": ["registry/admin.css"]}


class OperatorPermissions:
    """Who may press the buttons. Methods, because unfold looks "app.permission" names up before there are tables."""

    def has_move_champion_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("registry.change_persona")

    def has_start_run_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("registry.add_trainingrun")


class RegistryAdmin(OperatorPermissions, ReadOnlyAdmin):
    """Versions, runs and snapshots: rows that services make, with buttons for operators."""


class PersonaForm(BaseDialogForm):
    """Which persona a run is for."""

    persona = forms.ModelChoiceField(
        queryset=Persona.objects.none(), label=_("페르소나"), widget=UnfoldAdminSelectWidget, empty_label=None
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["persona"].queryset = personas_active()


def act(request: HttpRequest, then: str, action: Callable[[], str]) -> HttpResponse:
    """Run the action, say what came of it, and show the page `then`."""
    try:
        messages.success(request, action())
    except (ChampionRefused, AdapterRefused, RunEnded) as refusal:
        messages.error(request, str(refusal))
    except OperationalError:
        messages.error(request, _("Redis에 닿지 않아 시작하지 못했습니다. Redis가 도는지 확인해 주세요."))
    return go(request, then)


def train_now(request: HttpRequest, persona: Persona, then: str) -> HttpResponse:
    """Ask the trainer for a run of this persona."""

    def action() -> str:
        run_request(persona=persona, trigger=str(TrainingRun.Trigger.ADMIN))
        return _("학습을 시작해 달라고 했습니다: {persona}. 곧 목록에 나타납니다.").format(persona=persona)

    return act(request, then, action)
