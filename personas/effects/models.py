"""What a visitor's vote has changed: the same message, answered before and after."""

from django.db import models

from personas.curation.models import PreferencePair
from personas.registry.models import ChampionMove


class VoteEffect(models.Model):
    """Replies of two champions to one vote's message: the one that a version replaced, and that version.

    It goes with the pair, and so with the visitor.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"

    pair = models.OneToOneField(PreferencePair, on_delete=models.CASCADE, related_name="effect")
    move = models.ForeignKey(ChampionMove, on_delete=models.CASCADE, related_name="+")
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.QUEUED)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.pair} · {self.move}"
