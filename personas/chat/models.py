"""Conversations. A conversation is a tree: a turn goes on from one reply, and a turn may have several replies."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from personas.privacy.models import Visitor
from personas.registry.models import Persona

MAX_TITLE_CHARACTERS = 80

WORKER_LOST = "worker_lost"  # two workers died over this reply

# The worker's words for what went wrong (inference_worker.generation), as sentences. Others get a general one.
FAILURES = {
    "busy": _("지금 얘기하는 사람이 많아요. 잠시 뒤에 ‘다시 쓰기’를 눌러 주세요."),
    "too_long": _("말이 너무 길어서 읽지 못했어요. 조금 줄여서 다시 보내 주세요."),
    WORKER_LOST: _("이 말에 답하던 컴퓨터가 두 번 멈췄어요. 말을 조금 바꿔서 새로 보내 주세요."),
}


def blend_name(egen_percent: int) -> str:
    """What a blend is called, in the reader's language."""
    return gettext("에겐 {egen}% · 테토 {teto}%").format(egen=egen_percent, teto=100 - egen_percent)


class Conversation(models.Model):
    """One visitor's talk with one persona, or with egen and teto in one; nobody else may read or write it."""

    class Voice(models.TextChoices):
        PERSONA = "persona", _("한 친구")
        BLEND = "blend", _("섞은 친구")
        AUTO = "auto", _("자동")
        ARENA = "arena", _("아레나")

    MIXED = (Voice.BLEND, Voice.AUTO, Voice.ARENA)  # both egen and teto may speak

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="conversations")
    # Who speaks; in a mixed voice, the one who counts where nothing else decides between the two.
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="conversations")
    voice = models.CharField(max_length=8, choices=Voice.choices, default=Voice.PERSONA)
    egen_percent = models.PositiveSmallIntegerField(null=True)  # of a blend's next reply; teto has the rest
    title = models.CharField(max_length=MAX_TITLE_CHARACTERS, blank=True)
    # The turn at which the shown path through the tree ends; the newest one where none is named.
    shown_turn = models.ForeignKey("Turn", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(voice="blend", egen_percent__range=(0, 100))
                | (~Q(voice="blend") & Q(egen_percent__isnull=True)),
                name="a_blend_has_percents",
            )
        ]
        verbose_name = _("대화")
        verbose_name_plural = _("대화")

    def __str__(self) -> str:
        return self.title or f"conversation {str(self.id)[:8]}"

    def get_absolute_url(self) -> str:
        """The page on which its owner goes on with it."""
        return reverse("conversation", args=[self.pk])

    @property
    def is_mixed(self) -> bool:
        """Whether each reply has to say who speaks in it."""
        return self.voice in self.MIXED

    @property
    def teto_percent(self) -> int | None:
        """What egen leaves of a blend."""
        return None if self.egen_percent is None else 100 - self.egen_percent

    @property
    def is_arena(self) -> bool:
        """Whether both answer each message, side by side, and each message stands alone."""
        return self.voice == self.Voice.ARENA

    @property
    def replies_to_each(self) -> int:
        """How many replies are written to one message."""
        return 2 if self.is_arena else 1

    @property
    def look(self) -> str:
        """The name of the page's colours."""
        return self.voice if self.is_mixed else self.persona.slug

    @property
    def door(self) -> str:
        """The address at which such a conversation begins."""
        return reverse("arena") if self.is_arena else reverse("chat", args=[self.look])

    @property
    def shown_name(self) -> str:
        """With whom one talks, in the reader's language."""
        match self.voice:
            case self.Voice.BLEND:
                return blend_name(self.egen_percent)
            case self.Voice.AUTO:
                return gettext("에겐 또는 테토")
            case self.Voice.ARENA:
                return gettext("에겐 대 테토")
            case _:
                return self.persona.shown_name


class Turn(models.Model):
    """What the visitor said. `goes_on_from` is the reply it answers (none for the first turn)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    goes_on_from = models.ForeignKey("Reply", null=True, on_delete=models.CASCADE, related_name="next_turns")
    text = models.TextField()
    # The reply that is shown, and gone on from: the newest, until another is leafed to or preferred in a vote.
    kept_reply = models.ForeignKey("Reply", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.text[:40]


class Reply(models.Model):
    """One generated answer to a turn, pinned to adapter versions for its whole life."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("기다림")
        RUNNING = "running", _("쓰는 중")
        DONE = "done", _("끝")
        STOPPED = "stopped", _("멈춤")
        FAILED = "failed", _("실패")

    ACTIVE = (Status.QUEUED, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="replies")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(blank=True)
    error = models.CharField(max_length=40, blank=True)
    # Who speaks, in a blend the louder one. Null where it was written before there
    # was a choice: the conversation's persona.
    persona = models.ForeignKey(Persona, null=True, on_delete=models.PROTECT, related_name="+")
    # [[adapter version id, weight], ...]; empty means the base alone.
    adapters = models.JSONField(default=list)
    sampling = models.JSONField(default=dict)
    # What it read before the message, the nearest first: [{"id", "persona", "said", "reply"}, ...]. Of an exemplar that
    # was taken back since, "id" and "persona" are left.
    exemplars = models.JSONField(default=list)
    tokens = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    # When its task was last sent: a task can be lost with the broker, and is then sent again.
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["turn", "number"], name="one_number_per_turn")]
        indexes = [models.Index(fields=["status", "created_at"])]

    def __str__(self) -> str:
        return f"reply {str(self.id)[:8]} ({self.status})"

    @property
    def why_failed(self) -> str:
        """What to tell the visitor about a failed reply: what happened, and what to do."""
        return FAILURES.get(self.error, _("답을 끝까지 쓰지 못했어요. 미안해요. ‘다시 쓰기’를 눌러 주세요."))

    @property
    def speaker(self) -> Persona:
        """Who speaks, in a blend the louder one."""
        return self.persona or self.turn.conversation.persona

    @property
    def is_blend(self) -> bool:
        """Whether no persona speaks in it undiluted."""
        return any(weight != 1 for _version_id, weight in self.adapters)

    @property
    def is_active(self) -> bool:
        """Whether words may still come."""
        return self.status in self.ACTIVE


class ExemplarUse(models.Model):
    """Which replies read an exemplar that came from the desk: where its row is taken back, they lose its texts."""

    source = models.CharField(max_length=24)  # personas.chat.exemplar_ids.source_of
    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "reply"], name="one_use_per_source_and_reply")]

    def __str__(self) -> str:
        return f"{self.source} in {str(self.reply_id)[:8]}"


class LostReply(Reply):
    """A reply over which two workers died, for operators: what was said may be what ended them."""

    class Meta:
        proxy = True
        verbose_name = _("컴퓨터를 멈춘 말")
        verbose_name_plural = _("컴퓨터를 멈춘 말")
