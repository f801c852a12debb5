"""Two replies side by side, and which one the visitor liked better."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from personas.chat.models import Reply, Turn
from personas.privacy.models import Visitor
from personas.registry.models import Persona


class Comparison(models.Model):
    """Two replies to one turn. Which is A and which is B was drawn by lot."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="comparisons")
    reply_a = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="+")
    reply_b = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply_a", "reply_b"], name="one_comparison_per_pair")]

    def __str__(self) -> str:
        return f"comparison {self.pk}"

    @property
    def learner(self) -> Persona | None:
        """The persona that a pick can teach: the one that spoke in both replies, alone and undiluted.

        None for blends: the pick would pull one persona's adapter towards somebody else's voice.
        """
        if self.reply_a.is_blend or self.reply_b.is_blend or self.reply_a.speaker != self.reply_b.speaker:
            return None
        return self.reply_a.speaker


class Vote(models.Model):
    """One person's pick, once per comparison."""

    class Choice(models.TextChoices):
        A = "a", _("A가 좋아요")
        B = "b", _("B가 좋아요")
        TIE = "tie", _("비슷해요")
        BOTH_BAD = "both_bad", _("둘 다 별로예요")

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="votes")
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="votes")
    choice = models.CharField(max_length=8, choices=Choice.choices)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comparison", "visitor"], name="one_vote_per_person")]

    def __str__(self) -> str:
        return f"{self.get_choice_display()} ({self.comparison_id})"

    @property
    def preferred(self) -> Reply | None:
        """The reply that was picked; None for a tie and for "both bad"."""
        picked = {self.Choice.A: self.comparison.reply_a, self.Choice.B: self.comparison.reply_b}
        return picked.get(self.choice)
