"""Blind grading: a round of replies by several versions, and what each reader thinks of each reply."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from personas.registry.models import AdapterVersion, Persona

# What a row calls its version where a person wrote the reply. These are the control of a round.
WRITTEN = "written"


class GradingRound(models.Model):
    """Replies that are graded together. Once closed, its grades stand."""

    name = models.CharField(_("이름"), max_length=80, unique=True)
    # Every order in which the replies are dealt follows from it.
    seed = models.PositiveBigIntegerField(_("시드"))
    created_at = models.DateTimeField(_("만든 때"), auto_now_add=True)
    closed_at = models.DateTimeField(_("닫은 때"), null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("채점 회차")
        verbose_name_plural = _("채점 회차")

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        """Whether its grades stand, and who wrote what may be shown."""
        return self.closed_at is not None


class GradingItem(models.Model):
    """One reply to grade. Its number is all that a reader is told of where it comes from, and says nothing."""

    round = models.ForeignKey(GradingRound, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="+")
    messages: Any = models.JSONField()
    reply = models.TextField()
    # As the row named it: a version of the registry, a trial that never came there, or WRITTEN.
    version = models.CharField(max_length=120)
    # The version of the registry that it names, if it names one.
    adapter = models.ForeignKey(AdapterVersion, null=True, on_delete=models.PROTECT, related_name="graded_items")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="one_number_per_round")]

    def __str__(self) -> str:
        return f"{self.round} #{self.number}"

    @property
    def is_control(self) -> bool:
        """Whether a person wrote the reply."""
        return self.version == WRITTEN


class Grade(models.Model):
    """What one reader thinks of one reply. `reader` is a user name, or the name of somebody without an account."""

    class Mark(models.TextChoices):
        GOOD = "good", _("좋음")
        PARTLY = "partly", _("절반쯤")
        MISS = "miss", _("빗나감")

    item = models.ForeignKey(GradingItem, on_delete=models.CASCADE, related_name="grades")
    reader = models.CharField(max_length=150)
    grade = models.CharField(max_length=6, choices=Mark.choices)
    in_style = models.BooleanField()
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["noted_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["item", "reader"], name="one_grade_per_reader")]
        verbose_name = _("채점")
        verbose_name_plural = _("채점")

    def __str__(self) -> str:
        return f"{self.item} {self.get_grade_display()} ({self.reader})"
