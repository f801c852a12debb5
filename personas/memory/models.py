"""What a visitor told about themselves, a few words each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from personas.memory.facts import LONGEST_VALUE, Fact, Kind
from personas.privacy.models import Visitor


class KnownFact(models.Model):
    """One thing that a visitor told. It goes with the visitor, and with the conversation in which it was last told."""

    KINDS = [
        (Kind.NAME.value, _("이름")),
        (Kind.PET.value, _("반려동물")),
        (Kind.PLAN.value, _("일정")),
        (Kind.LIKING.value, _("좋아하는 것")),
        (Kind.JOB.value, _("하는 일")),
        (Kind.PLACE.value, _("사는 곳")),
    ]

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="known_facts")
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("종류"), max_length=8, choices=KINDS)
    value = models.CharField(_("내용"), max_length=LONGEST_VALUE)
    day = models.DateField(_("날짜"), null=True)  # of a plan, in Seoul
    noted_at = models.DateTimeField(_("들은 때"))

    class Meta:
        ordering = ["noted_at", "pk"]  # oldest first
        constraints = [models.UniqueConstraint(fields=["visitor", "kind", "value", "day"], name="a_fact_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.visitor}"

    @property
    def fact(self) -> Fact:
        """The fact itself, without whose it is."""
        return Fact(Kind(self.kind), self.value, self.day)
