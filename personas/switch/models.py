"""The switch that operators turn when no reply may be written for now. Its newest move says where it stands."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SwitchMove(models.Model):
    """One turn of the switch: who did it, when, and why. None yet means that replies are written."""

    class State(models.TextChoices):
        ON = "on", _("다시 켬")
        OFF = "off", _("끔, 쓰던 답은 끝까지")
        OFF_AT_ONCE = "off_at_once", _("끔, 쓰던 답도 멈춤")

    state = models.CharField(_("상태"), max_length=11, choices=State.choices)
    note = models.CharField(_("까닭"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("한 사람"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("때"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("답 쓰기 스위치")
        verbose_name_plural = _("답 쓰기 스위치")

    def __str__(self) -> str:
        return self.get_state_display()
