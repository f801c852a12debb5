"""Two replies side by side, and which one the visitor liked better or found more in character."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from personas.chat.models import Reply, Turn
from personas.privacy.models import Visitor
from personas.registry.models import Persona

# Personas whose style has a word that people know. Others are never asked about.
STYLE_QUESTIONS = {"egen": _("어느 쪽이 더 에겐다워요?"), "teto": _("어느 쪽이 더 테토다워요?")}


class Comparison(models.Model):
    """Two replies to one turn. Which is A and which is B was drawn by lot."""

    class Question(models.TextChoices):
        QUALITY = "quality", _("어느 답이 더 좋아요?")
        STYLE = "style", _("어느 쪽이 더 그 캐릭터다워요?")

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="comparisons")
    reply_a = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="+")
    reply_b = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="+")
    question = models.CharField(max_length=7, choices=Question.choices, default=Question.QUALITY)
    is_unasked = models.BooleanField(default=False)  # written side by side without anybody's wish; may be skipped
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

    @property
    def is_done(self) -> bool:
        """Whether both replies were written to their end."""
        return self.reply_a.status == self.reply_b.status == Reply.Status.DONE

    @property
    def asks_style(self) -> bool:
        """Whether it asks which reply is more in character, and not which one is better."""
        return self.question == self.Question.STYLE

    @property
    def words(self) -> str | Promise:
        """The question as it is put to the visitor."""
        general = self.Question(self.question).label
        return STYLE_QUESTIONS.get(self.reply_a.speaker.slug, general) if self.asks_style else general


class Vote(models.Model):
    """One person's pick of the better reply, once per comparison. A and B become preference pairs."""

    class Choice(models.TextChoices):
        A = "a", _("A가 좋아요")
        B = "b", _("B가 좋아요")
        TIE = "tie", _("비슷해요")
        BOTH_BAD = "both_bad", _("둘 다 별로예요")

    class Reason(models.TextChoices):
        UNDERSTOOD = "understood", _("내 말을 알아들었어요")
        COMFORTING = "comforting", _("마음이 풀려요")
        USEFUL = "useful", _("도움이 돼요")
        IN_CHARACTER = "in_character", _("말투가 딱이에요")
        FUNNY = "funny", _("재미있어요")
        OFF_TOPIC = "off_topic", _("엉뚱한 말이에요")
        HURTFUL = "hurtful", _("기분이 상해요")
        WRONG = "wrong", _("사실과 달라요")
        REPEATING = "repeating", _("같은 말만 해요")
        OUT_OF_CHARACTER = "out_of_character", _("말투가 안 어울려요")

    _GOOD = (Reason.UNDERSTOOD, Reason.COMFORTING, Reason.USEFUL, Reason.IN_CHARACTER, Reason.FUNNY)
    _BAD = (Reason.OFF_TOPIC, Reason.HURTFUL, Reason.WRONG, Reason.REPEATING, Reason.OUT_OF_CHARACTER)
    REASONS_FOR = {Choice.A: _GOOD, Choice.B: _GOOD, Choice.TIE: (), Choice.BOTH_BAD: _BAD}

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="votes")
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="votes")
    choice = models.CharField(max_length=8, choices=Choice.choices)
    reasons = models.JSONField(default=list)  # values of Reason, in its order
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

    @property
    def reasons_to_give(self) -> Sequence[Any]:
        """The reasons that go with this choice: what was good about a pick, what was bad about both."""
        return self.REASONS_FOR[self.Choice(self.choice)]

    @property
    def reason(self) -> str:
        """The reasons in words; empty where none was given."""
        return ", ".join(str(self.Reason(reason).label) for reason in self.reasons)


class StyleVote(models.Model):
    """One person's word on which reply is more in character. Liking is another matter: no pair is ever made of it."""

    class Choice(models.TextChoices):
        A = "a", _("A가 더 어울려요")
        B = "b", _("B가 더 어울려요")
        TIE = "tie", _("차이가 없어요")

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="style_votes")
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="style_votes")
    choice = models.CharField(max_length=3, choices=Choice.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comparison", "visitor"], name="one_style_vote_per_person")]

    def __str__(self) -> str:
        return f"{self.get_choice_display()} ({self.comparison_id})"
