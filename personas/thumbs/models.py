"""A thumb up or down on one reply: what visitors say where no second reply stands beside it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from personas.chat.models import Reply
from personas.curation.models import Flag
from personas.privacy.models import Visitor
from personas.registry.models import AdapterVersion, DatasetSnapshot, Persona
from personas.voting.models import Vote


class Thumb(models.Model):
    """One person's word on one reply. A change of mind is a new thumb: what curators judged and what versions learned
    from was the old one.
    """

    class Direction(models.TextChoices):
        UP = "up", _("좋아요")
        DOWN = "down", _("별로예요")

    class Status(models.TextChoices):
        PENDING = "pending", _("검토 전")
        APPROVED = "approved", _("승인")
        REJECTED = "rejected", _("거절")

    REASONS_FOR = {
        Direction.UP: Vote.REASONS_FOR[Vote.Choice.A],
        Direction.DOWN: Vote.REASONS_FOR[Vote.Choice.BOTH_BAD],
    }

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="thumbs")
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="thumbs")
    direction = models.CharField(_("엄지"), max_length=4, choices=Direction.choices)
    reasons = models.JSONField(default=list)  # values of Vote.Reason, in its order
    # Whom it can teach, and which version wrote the reply; neither for a blend, nor for what people wrote.
    persona = models.ForeignKey(
        Persona, verbose_name=_("페르소나"), null=True, on_delete=models.PROTECT, related_name="thumbs"
    )
    version = models.ForeignKey(
        AdapterVersion, verbose_name=_("버전"), null=True, on_delete=models.PROTECT, related_name="thumbs"
    )
    status = models.CharField(_("상태"), max_length=8, choices=Status.choices, default=Status.PENDING, db_index=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("검토자"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("검토한 때"), null=True)
    snapshots = models.ManyToManyField(DatasetSnapshot, blank=True, related_name="thumbs")
    created_at = models.DateTimeField(_("때"), auto_now_add=True)
    # Who decided what. It goes with the thumb: someone who leaves takes it along.
    history = HistoricalRecords(cascade_delete_history=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["reply", "visitor"], name="one_thumb_per_person")]
        verbose_name = _("엄지")
        verbose_name_plural = _("엄지")

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_direction_display()}"

    @property
    def is_up(self) -> bool:
        """Whether the reply was liked."""
        return self.direction == self.Direction.UP

    @property
    def may_train(self) -> bool:
        """Whether it may teach at all: its visitor agrees now, and one persona alone wrote the reply."""
        return self.visitor.may_train and self.persona_id is not None

    @property
    def reasons_to_give(self) -> Sequence[Any]:
        """The reasons that go with it: what was good, or what was bad."""
        return self.REASONS_FOR[self.Direction(self.direction)]

    @property
    def reason(self) -> str:
        """The reasons in words; empty where none was given."""
        return ", ".join(str(Vote.Reason(reason).label) for reason in self.reasons)


class ThumbFlag(Flag):
    """A flag of a thumb: of the reply, of what it answers (`side`), or of whoever gave it."""

    thumb = models.ForeignKey(Thumb, on_delete=models.CASCADE, related_name="flags")
