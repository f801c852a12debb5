"""Personas, their adapter versions, and the runs that made them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from inference_worker.contracts import Sampling

HEARTBEAT_LOST = timedelta(seconds=60)  # a run that says nothing for this long has lost its process (heartbeat.py)


class Persona(models.Model):
    """A character one can chat with. `champion` is the adapter version that new replies pin."""

    slug = models.SlugField(_("주소 이름"), unique=True)
    name = models.CharField(_("이름"), max_length=40)
    name_en = models.CharField(_("영어 이름"), max_length=40)
    tagline = models.CharField(_("한 줄 소개"), max_length=120)
    tagline_en = models.CharField(_("영어 소개"), max_length=120)
    color = models.CharField(_("색"), max_length=7, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")])
    starters = models.JSONField(_("첫마디 제안"), default=list, blank=True)
    style_prompt = models.TextField(
        _("말투 지시문"), blank=True, help_text=_("맞는 어댑터가 없는 기반 모델에서만 쓰입니다.")
    )
    sampling = models.JSONField(_("생성 설정"), default=dict, blank=True)
    champion = models.ForeignKey(
        "AdapterVersion", verbose_name=_("현재 버전"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    candidate = models.ForeignKey(
        "AdapterVersion",
        verbose_name=_("후보 버전"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    canary_percent = models.PositiveSmallIntegerField(
        _("후보를 견줄 비율, 백분율"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_(
            "0이면 관문을 통과한 버전이 바로 현재 버전이 됩니다. "
            "1부터는 후보로 두고, 두 답 견주기의 이만큼에서 현재 버전과 견줍니다."
        ),
    )
    position = models.PositiveSmallIntegerField(_("순서"), default=0)
    is_active = models.BooleanField(_("공개"), default=True)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("페르소나")
        verbose_name_plural = _("페르소나")

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name

    @property
    def shown_tagline(self) -> str:
        """The tagline in the reader's language."""
        return self.tagline_en if get_language() == "en" else self.tagline

    def clean(self) -> None:
        """Refuse settings that would make every reply of this persona fail. Raises ValidationError by field."""
        if not isinstance(self.starters, list) or not all(isinstance(text, str) and text for text in self.starters):
            raise ValidationError({"starters": _('첫마디를 ["안녕?", "오늘 어땠어?"]처럼 적어 주세요.')})
        try:
            if not all(isinstance(value, (int, float)) for value in self.sampling.values()):
                raise TypeError("values must be numbers")
            Sampling.from_dict(self.sampling)
        except (AttributeError, TypeError) as error:
            problem = _("쓸 수 있는 이름: {names}. 값은 숫자여야 합니다. ({error})")
            names = ", ".join(Sampling.__dataclass_fields__)
            raise ValidationError({"sampling": problem.format(names=names, error=error)}) from None


class DatasetSnapshot(models.Model):
    """An immutable training set: rows of approved pairs in a file named by the hash of its content."""

    persona = models.ForeignKey(Persona, verbose_name=_("페르소나"), on_delete=models.PROTECT, related_name="snapshots")
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(_("행"))
    # How many rows of which source, counted when it was made: pairs may be deleted later, the rows stay as they are.
    sources = models.JSONField(_("출처"), default=dict)
    path = models.CharField(_("파일"), max_length=500)
    created_at = models.DateTimeField(_("만든 때"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["persona", "sha256"], name="one_snapshot_per_content")]
        verbose_name = _("데이터 스냅숏")
        verbose_name_plural = _("데이터 스냅숏")

    def __str__(self) -> str:
        return f"{self.persona.slug} {self.sha256[:12]}"

    @property
    def file(self) -> Path:
        """Where the rows lie."""
        return settings.BASE_DIR / self.path


class AdapterVersion(models.Model):
    """LoRA weights of one persona. Never changed after it is made; only the champion pointer moves."""

    persona = models.ForeignKey(Persona, verbose_name=_("페르소나"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("버전"))
    base_hash = models.CharField(_("기반 모델 해시"), max_length=64)
    path = models.CharField(_("폴더"), max_length=500)
    weights_sha256 = models.CharField(_("가중치 해시"), max_length=64)
    snapshot = models.ForeignKey(
        DatasetSnapshot, verbose_name=_("스냅숏"), null=True, blank=True, on_delete=models.PROTECT
    )
    manifest = models.JSONField(_("명세"), default=dict, help_text=_("설정, 데이터 해시, 측정값"))
    created_at = models.DateTimeField(_("만든 때"), auto_now_add=True)

    class Meta:
        ordering = ["persona", "-number"]
        constraints = [models.UniqueConstraint(fields=["persona", "number"], name="one_number_per_persona")]
        verbose_name = _("어댑터 버전")
        verbose_name_plural = _("어댑터 버전")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Readable name, as in `egen@v3`."""
        return f"{self.persona.slug}@v{self.number}"

    @property
    def folder(self) -> Path:
        """Where the weights lie. `path` is relative to the project wherever it can be, so that a project may move."""
        return settings.BASE_DIR / self.path


class ChampionMove(models.Model):
    """One step of a persona's champion pointer: the log that rolling back reads."""

    class Reason(models.TextChoices):
        SHIPPED = "shipped", _("함께 온 버전")
        GATE = "gate", _("관문 통과")
        MANUAL = "manual", _("직접 올림")
        ROLLBACK = "rollback", _("되돌림")
        BASE = "base", _("기반 모델이 바뀜")
        CONSENT = "consent", _("동의 철회")

    persona = models.ForeignKey(
        Persona, verbose_name=_("페르소나"), on_delete=models.CASCADE, related_name="champion_moves"
    )
    version = models.ForeignKey(
        AdapterVersion, verbose_name=_("새 버전"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    previous = models.ForeignKey(
        AdapterVersion, verbose_name=_("앞 버전"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("까닭"), max_length=8, choices=Reason.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("한 사람"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("때"), auto_now_add=True)
    # When a worker had the new version loaded and had written a whole reply with it.
    ready_at = models.DateTimeField(_("첫 답"), null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("현재 버전 기록")
        verbose_name_plural = _("현재 버전 기록")

    def __str__(self) -> str:
        return f"{self.previous or '-'} → {self.version or '-'} ({self.get_reason_display()})"

    @property
    def seconds_to_reply(self) -> float | None:
        """How long it took from the move to the new version's first whole reply; None until it is there."""
        return (self.ready_at - self.created_at).total_seconds() if self.ready_at else None


class TrainingRun(models.Model):
    """One night's work for one persona, from snapshot to gate."""

    class Status(models.TextChoices):
        RUNNING = "running", _("진행 중")
        PROMOTED = "promoted", _("승격")
        CANDIDATE = "candidate", _("후보로 세움")
        REFUSED = "refused", _("관문 탈락")
        SKIPPED = "skipped", _("건너뜀")
        CANCELLED = "cancelled", _("멈춤")
        FAILED = "failed", _("실패")

    class Trigger(models.TextChoices):
        NIGHTLY = "nightly", _("밤 일정")
        ADMIN = "admin", _("관리 화면")
        COMMAND = "command", _("명령")

    persona = models.ForeignKey(Persona, verbose_name=_("페르소나"), on_delete=models.PROTECT, related_name="runs")
    status = models.CharField(_("상태"), max_length=10, choices=Status.choices, default=Status.RUNNING)
    trigger = models.CharField(_("시작한 곳"), max_length=40, choices=Trigger.choices)
    dry_run = models.BooleanField(_("연습"), default=False)
    # Which night's run it is, where the schedule started it: of two beats at once, one finds the night taken.
    night = models.DateField(_("밤"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(_("시도"), default=1)
    snapshot = models.ForeignKey(
        DatasetSnapshot, verbose_name=_("스냅숏"), null=True, blank=True, on_delete=models.PROTECT
    )
    candidate = models.ForeignKey(
        AdapterVersion, verbose_name=_("후보 버전"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("까닭"), blank=True)
    error = models.TextField(_("오류"), blank=True)
    progress: Any = models.JSONField(_("진행"), default=dict, blank=True)
    gate_report: Any = models.JSONField(_("관문 보고서"), default=dict, blank=True)
    started_at = models.DateTimeField(_("시작"), auto_now_add=True)
    heartbeat_at = models.DateTimeField(_("마지막 소식"), auto_now_add=True)
    finished_at = models.DateTimeField(_("끝"), null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        # The lease: the database itself refuses a second run of one persona.
        constraints = [
            models.UniqueConstraint(fields=["persona"], condition=Q(status="running"), name="one_running_per_persona"),
            models.UniqueConstraint(fields=["persona", "night"], name="one_nightly_run_per_night"),
        ]
        verbose_name = _("학습 실행")
        verbose_name_plural = _("학습 실행")

    def __str__(self) -> str:
        return f"{self.persona.slug} {localtime(self.started_at):%Y-%m-%d %H:%M} {self.get_status_display()}"

    @property
    def is_silent(self) -> bool:
        """Whether it should go on and has said nothing for so long that its process must be gone."""
        return self.status == self.Status.RUNNING and self.heartbeat_at < timezone.now() - HEARTBEAT_LOST

    @property
    def shown_state(self) -> str:
        """How it goes, in the reader's language."""
        return gettext("소식 없음") if self.is_silent else self.get_status_display()

    @cached_property
    def unwritten(self) -> list["RunEvent"]:
        """What its trainer has said since the last heartbeat (runs.py writes it down)."""
        return []


class RunEvent(models.Model):
    """One line of a run's log. Steps of the training carry figures, and the charts are drawn from them."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    stage = models.CharField(max_length=60, blank=True)
    step = models.PositiveIntegerField(null=True)
    steps = models.PositiveIntegerField(null=True)
    figures: Any = models.JSONField(default=dict)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{localtime(self.at):%H:%M:%S} {self.stage or self.text}"


class SideBySide(models.Model):
    """The same prompts answered by two versions, for an operator to read. Greedy, so that it can be repeated."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("기다림")
        DONE = "done", _("끝남")
        FAILED = "failed", _("실패")

    first = models.ForeignKey(AdapterVersion, verbose_name=_("왼쪽"), on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(AdapterVersion, verbose_name=_("오른쪽"), on_delete=models.CASCADE, related_name="+")
    prompts: Any = models.JSONField(_("물음"))
    # [[the first's reply, the second's reply], ...] in the order of the prompts, as far as they are written.
    replies: Any = models.JSONField(_("답"), default=list)
    status = models.CharField(_("상태"), max_length=6, choices=Status.choices, default=Status.QUEUED)
    error = models.TextField(_("오류"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("한 사람"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("때"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("나란히 보기")
        verbose_name_plural = _("나란히 보기")

    def __str__(self) -> str:
        return f"{self.first} · {self.second}"
