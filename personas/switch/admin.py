"""The switch in the admin: where it stands, a button to turn it, and who turned it before."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from config.admin_pages import ReadOnlyAdmin, dialog, go
from personas.chat.models import Reply
from personas.switch.models import SwitchMove
from personas.switch.selectors import generation_is_on, last_move
from personas.switch.services import SwitchRefused, generation_switch_off, generation_switch_on


class OnForm(BaseDialogForm):
    """Why it is turned on again."""

    note = forms.CharField(label=_("까닭"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget())


class OffForm(OnForm):
    """Why it is turned off, and what becomes of the replies being written."""

    running = forms.ChoiceField(
        label=_("쓰는 중인 답"),
        choices=[("finish", _("끝까지 쓰게 둡니다")), ("stop", _("지금 바로 멈춥니다. 쓴 데까지는 남습니다"))],
        initial="finish",
        widget=UnfoldAdminRadioSelectWidget(),
    )


@admin.register(SwitchMove)
class SwitchMoveAdmin(ReadOnlyAdmin):
    """Moves are made by the two buttons, of which one is shown, and never changed."""

    list_display = ["created_at", "shown_state", "by", "note"]
    list_display_links = None
    list_select_related = ["by"]
    list_before_template = "switch/state.html"
    actions_list = ["turn_off", "turn_on"]

    @display(
        description=_("상태"),
        ordering="state",
        label={
            SwitchMove.State.ON: "success",
            SwitchMove.State.OFF: "warning",
            SwitchMove.State.OFF_AT_ONCE: "danger",
        },
    )
    def shown_state(self, move: SwitchMove) -> tuple[str, str]:
        return move.state, move.get_state_display()

    def has_turn_off_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("switch.add_switchmove") and generation_is_on()

    def has_turn_on_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("switch.add_switchmove") and not generation_is_on()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        state = {
            "last_move": last_move(),
            "is_on": generation_is_on(),
            "running": Reply.objects.filter(status__in=Reply.ACTIVE).count(),
        }
        return super().changelist_view(request, {**(extra_context or {}), **state})

    @action(
        description=_("답 쓰기 끄기"),
        icon="pause_circle",
        permissions=["turn_off"],
        dialog=dialog(
            _("답 쓰기를 끌까요?"),
            _("다음 메시지부터 아무도 답을 받지 못하고, 쉬는 중이라는 말을 읽습니다."),
            _("끄기"),
            OffForm,
        ),
    )
    def turn_off(self, request: HttpRequest, form: OffForm) -> HttpResponse:
        wanted = form.cleaned_data
        try:
            generation_switch_off(by=request.user, at_once=wanted["running"] == "stop", note=wanted["note"])
            messages.success(request, _("답 쓰기를 껐습니다."))
        except SwitchRefused as refusal:
            messages.error(request, str(refusal))
        return go(request, reverse("admin:switch_switchmove_changelist"))

    @action(
        description=_("답 쓰기 켜기"),
        icon="play_circle",
        permissions=["turn_on"],
        dialog=dialog(_("답 쓰기를 다시 켤까요?"), _("다음 메시지부터 다시 답합니다."), _("켜기"), OnForm),
    )
    def turn_on(self, request: HttpRequest, form: OnForm) -> HttpResponse:
        try:
            generation_switch_on(by=request.user, note=form.cleaned_data["note"])
            messages.success(request, _("답 쓰기를 다시 켰습니다."))
        except SwitchRefused as refusal:
            messages.error(request, str(refusal))
        return go(request, reverse("admin:switch_switchmove_changelist"))
