"""Preference pairs: what a vote teaches, and what curators make of it. Rows that people write out, for SFT."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from personas.curation.text_flags import Kind, Side, Sign
from personas.privacy.models import Visitor
from personas.registry.models import AdapterVersion, DatasetSnapshot, Persona
from personas.voting.models import Vote


class PairQuerySet(models.QuerySet):
    """Pairs by what is still to be done with them."""

    def undecided(self) -> "PairQuerySet":
        """Those that nobody has approved or rejected for good yet."""
        return self.filter(status__in=[PreferencePair.Status.PENDING, PreferencePair.Status.DISPUTED])


class PreferencePair(models.Model):
    """A prompt with a chosen and a rejected reply, and where they came from."""

    class Status(models.TextChoices):
        PENDING = "pending", _("검토 전")
        APPROVED = "approved", _("승인")
        REJECTED = "rejected", _("거절")
        DISPUTED = "disputed", _("의견 갈림")

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
    # What the chosen reply read before the message, as in Reply.exemplars.
    exemplars: Any = models.JSONField(_("참고한 예시"), default=list, blank=True)
    # What an imported row said when it came (personas.curation.services): the same row is taken in once.
    content_key = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    consent_at = models.DateTimeField(_("투표 때 동의"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("검토자"), null=True, blank=True, on_delete=models.SET_NULL
    )
    reviewed_at = models.DateTimeField(_("검토한 때"), null=True, blank=True)
    # How many curators judge it, each without seeing the other; drawn by lot when the pair comes in.
    opinions_wanted = models.PositiveSmallIntegerField(_("필요한 의견"), default=1)
    # Whether a curator let its chosen reply stand before others' messages (personas.curation.exemplars).
    is_exemplar = models.BooleanField(_("예시로 씀"), default=False)
    snapshots = models.ManyToManyField(DatasetSnapshot, blank=True, related_name="pairs")
    created_at = models.DateTimeField(_("만든 때"), auto_now_add=True)
    # Who decided what, and every earlier wording. It goes with the pair: someone who leaves takes their words along.
    # Exemplars are other people's words, which leave the pair with them: no history may keep those.
    history = HistoricalRecords(cascade_delete_history=True, excluded_fields=["exemplars", "content_key"])

    objects = PairQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("선호 쌍")
        verbose_name_plural = _("선호 쌍")
        permissions = [
            ("adjudicate_preferencepair", "Can settle pairs on which two curators disagree"),
            ("exchange_preferencepair", "Can take rows in from files and out to files"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.last_message[:30]}"

    @property
    def last_message(self) -> str:
        """The visitor's message that both replies answer."""
        return self.prompt[-1]["content"] if self.prompt else ""

    @property
    def may_train(self) -> bool:
        """Whether its visitor agrees to that now; an imported pair has none to ask."""
        return self.visitor is None or self.visitor.may_train


class Flag(models.Model):
    """Something about a pair or a thumb that a curator should look at twice."""

    kind = models.CharField(_("표시"), max_length=10, choices=Kind.choices)
    side = models.CharField(max_length=8, choices=Side.choices, blank=True)
    detail = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        parts = (self.get_kind_display(), self.get_side_display(), self.shown_detail)
        return " · ".join(str(part) for part in parts if part)

    @property
    def shown_detail(self) -> str:
        """What exactly was found, in words."""
        return str(Sign(self.detail).label) if self.kind == Kind.VOTING else self.detail


class PairFlag(Flag):
    """A flag of a pair."""

    pair = models.ForeignKey(PreferencePair, on_delete=models.CASCADE, related_name="flags")
    # The older pair that a near-duplicate repeats: where it goes, the flag goes.
    twin = models.ForeignKey(PreferencePair, null=True, on_delete=models.CASCADE, related_name="+")


class BandKey(models.Model):
    """One key of a pair's words (personas.curation.minhash): pairs that share one may be nearly the same."""

    pair = models.ForeignKey(PreferencePair, on_delete=models.CASCADE, related_name="band_keys")
    key = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.pair_id}: {self.key}"


class Lease(models.Model):
    """A pair that one curator has before them. Each holds one at most, and nobody else is offered it until it ends."""

    pair = models.OneToOneField(PreferencePair, on_delete=models.CASCADE, related_name="lease")
    curator = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pair_id}: {self.curator}"


class DecisionQuerySet(models.QuerySet):
    """Lines of the log by what became of them."""

    def standing_verdicts(self) -> "DecisionQuerySet":
        """Approvals and rejections that count: not undone, and given since the pair was last reopened."""
        reopened = Decision.objects.filter(pair=OuterRef("pair"), deed=Decision.Deed.REOPEN, pk__gt=OuterRef("pk"))
        verdicts = self.filter(deed__in=[Decision.Deed.APPROVE, Decision.Deed.REJECT], undone_by=None)
        return verdicts.exclude(Exists(reopened))


class Decision(models.Model):
    """One line of the desk's log: who did what to a pair, and what it was before and after. Only ever added to."""

    class Deed(models.TextChoices):
        APPROVE = "approve", _("승인")
        REJECT = "reject", _("거절")
        SWAP = "swap", _("맞바꿈")
        EDIT = "edit", _("고침")
        SKIP = "skip", _("건너뜀")
        SETTLE = "settle", _("조정")
        REOPEN = "reopen", _("검토 전으로")
        LET_IN = "let_in", _("예시로 넣음")
        TAKE_OUT = "take_out", _("예시에서 뺌")
        UNDO = "undo", _("실행 취소")

    pair = models.ForeignKey(
        PreferencePair, verbose_name=_("선호 쌍"), on_delete=models.CASCADE, related_name="decisions"
    )
    # Staff who leave are deactivated, not deleted: the log would no longer say who.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("한 사람"), on_delete=models.PROTECT, related_name="+"
    )
    deed = models.CharField(_("한 일"), max_length=8, choices=Deed.choices)
    # Of status, chosen, rejected and is_exemplar what changed; empty where a first of two opinions changes nothing yet.
    before: Any = models.JSONField(_("전"), default=dict)
    after: Any = models.JSONField(_("후"), default=dict)
    undoes = models.OneToOneField(
        "self", verbose_name=_("되돌린 결정"), null=True, on_delete=models.CASCADE, related_name="undone_by"
    )
    created_at = models.DateTimeField(_("때"), auto_now_add=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["by", "created_at"])]
        verbose_name = _("결정 기록")
        verbose_name_plural = _("결정 기록")

    def __str__(self) -> str:
        return f"#{self.pair_id} {self.get_deed_display()}"


class SavedView(models.Model):
    """Filters of the list of pairs that a curator comes back to."""

    curator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("이름"), max_length=40)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["curator", "name"], name="one_view_per_name")]

    def __str__(self) -> str:
        return self.name


class SftRow(models.Model):
    """A conversation that people wrote for a persona to learn its voice from: it ends with the persona's reply."""

    persona = models.ForeignKey(Persona, verbose_name=_("페르소나"), on_delete=models.PROTECT, related_name="sft_rows")
    messages: Any = models.JSONField(_("대화"))
    category = models.CharField(_("갈래"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("만든 때"), auto_now_add=True)
    history = HistoricalRecords(cascade_delete_history=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("말투 예시")
        verbose_name_plural = _("말투 예시")

    def __str__(self) -> str:
        return f"#{self.pk} {self.messages[0]['content'][:30]}" if self.messages else f"#{self.pk}"


class ImportRun(models.Model):
    """A file of rows that is being taken in, and how far that has come."""

    class State(models.TextChoices):
        WAITING = "waiting", _("기다림")
        RUNNING = "running", _("가져오는 중")
        DONE = "done", _("끝")
        FAILED = "failed", _("실패")

    class Rows(models.TextChoices):
        PREFERENCE = "preference", _("선호 쌍 (DPO)")
        SFT = "sft", _("말투 예시 (SFT)")

    ACTIVE = (State.WAITING, State.RUNNING)

    upload = models.CharField(max_length=80)  # the file's name in exchange_pages.uploads()
    rows = models.CharField(max_length=10, choices=Rows.choices)
    persona = models.CharField(max_length=50, blank=True)  # whose rows they are, where a row does not say
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now=True)  # when its worker last said that it goes on

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"import {self.pk} ({self.state})"

    @property
    def known(self) -> int:
        """Rows that were there already."""
        return self.done - self.new

    @property
    def is_active(self) -> bool:
        """Whether more is to come."""
        return self.state in self.ACTIVE
