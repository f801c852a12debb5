"""Who is in care, which turns are, how often it came to that, and the numbers to call."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from personas.chat.models import Turn
from personas.privacy.models import Visitor


class Care(models.Model):
    """A visitor who was in danger, by what they said last. They are in care until they say that they are safe, or for
    a day (selectors.care_of)."""

    visitor = models.OneToOneField(Visitor, on_delete=models.CASCADE, related_name="care")
    kind = models.CharField(max_length=20)
    who = models.CharField(max_length=5)
    acute = models.CharField(max_length=8)
    began_at = models.DateTimeField()
    danger_at = models.DateTimeField()  # the newest message of danger
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"care of {self.visitor_id}"


class CareTurn(models.Model):
    """A turn that people's words answered and no model. It is never compared, judged, shared, or learned from."""

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, related_name="care")
    kind = models.CharField(max_length=20)
    who = models.CharField(max_length=5)
    acute = models.CharField(max_length=8)
    answers = models.JSONField(default=list)  # keys of the written texts that were given (moderation.written)
    is_forgotten = models.BooleanField(default=False)  # its words were deleted in time
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} ({self.acute})"


class CareCount(models.Model):
    """How many messages of one kind came on one day, in Seoul. It holds no words and nobody's name."""

    day = models.DateField(_("날"))
    kind = models.CharField(_("종류"), max_length=20)
    count = models.PositiveIntegerField(_("횟수"), default=0)

    class Meta:
        ordering = ["-day", "kind"]
        constraints = [models.UniqueConstraint(fields=["day", "kind"], name="one_count_per_day_and_kind")]
        verbose_name = _("위기 신호 횟수")
        verbose_name_plural = _("위기 신호 횟수")

    def __str__(self) -> str:
        return f"{self.day} {self.kind}: {self.count}"


class Helpline(models.Model):
    """A number to call. Operators change it here, and every written answer and every card says the new one."""

    key = models.SlugField(_("이름표"), max_length=20, unique=True, editable=False)
    number = models.CharField(_("번호"), max_length=20)
    name = models.CharField(_("이름"), max_length=60)
    name_en = models.CharField(_("영어 이름"), max_length=60)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("도움 전화")
        verbose_name_plural = _("도움 전화")

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def shown_name(self) -> str:
        """Whom it reaches, in the reader's language."""
        return self.name if (get_language() or "ko").startswith("ko") else self.name_en
