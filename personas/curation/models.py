"""Preference pairs: what a vote teaches, and what a curator makes of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from personas.privacy.models import Visitor
from personas.registry.models import AdapterVersion, DatasetSnapshot, Persona
from personas.voting.models import Vote


class PreferencePair(models.Model):
    """A prompt with a chosen and a rejected reply, and where they came from."""

    class Status(models.TextChoices):
        PENDING = "pending", _("검토 전")
        APPROVED = "approved", _("승인")
        REJECTED = "rejected", _("거절")

    class Source(models.TextChoices):
        VOTE = "vote", _("투표")
        IMPORT = "import", _("가져오기")

    persona = models.ForeignKey(Persona, verbose_name=_("페르소나"), on_delete=models.PROTECT, related_name="pairs")
    # The conversation up to and including the visitor's message: [{"role": "user" | "assistant", "content": ...}, ...]
    prompt = models.JSONField(_("질문"))
    chosen = models.TextField(_("고른 답"))
    rejected = models.TextField(_("고르지 않은 답"))
    status = models.CharField(_("상태"), max_length=8, choices=Status.choices, default=Status.PENDING, db_index=True)
    source = models.CharField(_("출처"), max_length=6, choices=Source.choices)
    # Lineage. A vote's pair dies with its visitor; consent is asked of the visitor when a snapshot is made.
    vote = models.OneToOneField(Vote, null=True, blank=True, on_delete=models.CASCADE, related_name="pair")
    visitor = models.ForeignKey(Visitor, null=True, blank=True, on_delete=models.CASCADE, related_name="pairs")
    chosen_version = models.ForeignKey(
        AdapterVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("고른 답 버전"),
    )
    rejected_version = models.ForeignKey(
        AdapterVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("다른 답 버전"),
    )
    sampling = models.JSONField(_("생성 설정"), default=dict, blank=True)
    consent_at = models.DateTimeField(_("투표 때 동의"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("검토자"), null=True, blank=True, on_delete=models.SET_NULL
    )
    reviewed_at = models.DateTimeField(_("검토한 때"), null=True, blank=True)
    snapshots = models.ManyToManyField(DatasetSnapshot, blank=True, related_name="pairs")
    created_at = models.DateTimeField(_("만든 때"), auto_now_add=True)
    # Who decided what, and every earlier wording. It goes with the pair: someone who leaves takes their words along.
    history = HistoricalRecords(cascade_delete_history=True)

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("선호 쌍")
        verbose_name_plural = _("선호 쌍")

    def __str__(self) -> str:
        return f"#{self.pk} {self.last_message[:30]}"

    @property
    def last_message(self) -> str:
        """The visitor's message that both replies answer."""
        return self.prompt[-1]["content"] if self.prompt else ""
