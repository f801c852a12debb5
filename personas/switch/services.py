"""Turning the switch. It counts from the next message on; replies asked for before are finished or stopped."""

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from personas.chat.errors import ServerBusy
from personas.chat.models import Reply
from personas.chat.services import reply_stop
from personas.switch.models import SwitchMove
from personas.switch.selectors import generation_is_on


class SwitchRefused(Exception):
    """The switch did not do all that was wanted. The message says what is so now, and what to do."""


def generation_switch_on(*, by: User | None, note: str = "") -> SwitchMove:
    """Replies are written again. Raises SwitchRefused where they are."""
    if generation_is_on():
        raise SwitchRefused(_("이미 켜져 있습니다."))
    return SwitchMove.objects.create(state=SwitchMove.State.ON, by=by, note=note)


def generation_switch_off(*, by: User | None, at_once: bool = False, note: str = "") -> SwitchMove:
    """No more replies; those being written are finished, or `at_once` stopped with the text they have.

    Raises SwitchRefused where it is off already, and where it is off now but the running replies could not be stopped.
    """
    if not generation_is_on():
        raise SwitchRefused(_("이미 꺼져 있습니다."))
    state = SwitchMove.State.OFF_AT_ONCE if at_once else SwitchMove.State.OFF
    move = SwitchMove.objects.create(state=state, by=by, note=note)
    if at_once:
        _stop_running()
    return move


def _stop_running() -> None:
    try:
        for reply in Reply.objects.filter(status__in=Reply.ACTIVE):
            reply_stop(reply=reply)
    except ServerBusy as error:
        raise SwitchRefused(
            _("껐지만, Redis에 닿지 않아 쓰는 중인 답은 멈추지 못했습니다. 답은 곧 스스로 끝납니다.")
        ) from error
