"""What workers do to a reply: begin it, end it, and take it over from one that died.

Every step is one conditional update, and the count of rows it changed says whether it was ours to make. So a task that
arrives twice, or late from a worker thought dead, changes nothing.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.timezone import localtime

from config.celery import app as celery_app
from inference_worker.contracts import ALIVE_TTL_SECONDS, GENERATE_REPLY, EndStatus, Sampling, alive_key
from personas.chat.exemplar_ids import sources_of
from personas.chat.models import WORKER_LOST, ExemplarUse, Reply
from personas.chat.selectors import Message, messages_for_model
from personas.knowledge.services import SiteFacts, site_facts
from personas.memory.selectors import facts_of

MAX_ATTEMPTS = 2  # a message that ends two workers would end a third: it is kept for an operator to see (admin.py)
LOST_TASK_SECONDS = 20  # a queued reply's task is sent again after this long

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReplyJob:
    """All that a worker needs to write one reply."""

    reply_id: str
    attempt: int
    messages: list[Message]  # oldest first, ending with the visitor's message
    adapters: list[tuple[int, float]]  # (adapter version id, weight); empty means the base alone
    sampling: Sampling
    persona: str  # slug
    style_prompt: str  # for a base that the persona's adapter does not fit
    facts: SiteFacts | None  # where the message asks about this site
    known: dict[str, str]  # what the visitor told of themselves: {"이름": "지민"}; nothing in the arena
    local_time: datetime  # the visitor's, which is Seoul's


def reply_send_on_commit(*, reply_id: UUID, attempt: int) -> None:
    """Send the reply's task once the database has the reply. The housekeeping sends a lost one again."""

    def send() -> None:
        celery_app.send_task(GENERATE_REPLY, args=[str(reply_id), attempt])

    transaction.on_commit(send, robust=True)


def reply_start(*, reply_id: str, attempt: int) -> ReplyJob | None:
    """Begin a queued reply. None when it is not this attempt's to write: stopped, begun, or overtaken."""
    mine = Reply.objects.filter(pk=reply_id, attempt=attempt, status=Reply.Status.QUEUED)
    if not mine.update(status=Reply.Status.RUNNING, started_at=timezone.now()):
        return None
    reply = Reply.objects.select_related("persona", "turn__conversation__persona", "turn__conversation__visitor").get(
        pk=reply_id
    )
    conversation = reply.turn.conversation
    return ReplyJob(
        reply_id=str(reply.pk),
        attempt=attempt,
        messages=messages_for_model(reply.turn),
        adapters=[(version_id, weight) for version_id, weight in reply.adapters],
        sampling=Sampling.from_dict(reply.sampling),
        persona=reply.speaker.slug,
        style_prompt=reply.speaker.style_prompt,
        facts=site_facts(message=reply.turn.text, persona=reply.speaker, visitor_id=conversation.visitor_id),
        known={} if conversation.is_arena else facts_of(conversation.visitor),  # there each message stands alone
        local_time=localtime(),
    )


@transaction.atomic
def reply_exemplars_note(*, reply_id: str, attempt: int, exemplars: list[dict[str, str]]) -> bool:
    """Keep what the reply reads before its message: [{"id", "persona", "said", "reply"}, ...], the nearest first.

    False, and nothing kept, when this attempt no longer writes the reply. A later attempt begins with none.
    """
    mine = Reply.objects.filter(pk=reply_id, attempt=attempt, status=Reply.Status.RUNNING)
    if not mine.update(exemplars=exemplars):
        return False
    uses = [ExemplarUse(source=source, reply_id=reply_id) for source in sorted(sources_of(exemplars))]
    ExemplarUse.objects.bulk_create(uses, ignore_conflicts=True)
    return True


def reply_finish(*, reply_id: str, attempt: int, text: str, status: EndStatus, tokens: int, error: str = "") -> bool:
    """Save a reply's full text and how it ended. False, and nothing saved, when this attempt no longer owns it."""
    mine = Reply.objects.filter(pk=reply_id, attempt=attempt, status__in=Reply.ACTIVE)
    ended: dict[str, Any] = {"status": status, "text": text, "tokens": tokens, "error": error[:40]}
    return bool(mine.update(**ended, finished_at=timezone.now()))


def reply_draw_again(*, reply_id: str, attempt: int) -> int | None:
    """The number of the attempt that takes this running one's place, for what pages show to be replaced; None when this
    attempt no longer owns the reply."""
    mine = Reply.objects.filter(pk=reply_id, attempt=attempt, status=Reply.Status.RUNNING)
    return attempt + 1 if mine.update(attempt=attempt + 1) else None


def replies_requeue_stalled() -> int:
    """Give replies of dead workers to living ones, and send lost tasks again. Returns how many replies were touched.

    Raises redis.RedisError when Redis does not answer: nobody can then tell who is alive.
    """
    now = timezone.now()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        silent_since = now - timedelta(seconds=ALIVE_TTL_SECONDS)
        running = Reply.objects.filter(status=Reply.Status.RUNNING, started_at__lt=silent_since)
        stalled = [reply for reply in running if not client.exists(alive_key(str(reply.pk)))]
    lost = Reply.objects.filter(status=Reply.Status.QUEUED, queued_at__lt=now - timedelta(seconds=LOST_TASK_SECONDS))
    return sum(_take_over(reply) for reply in stalled) + sum(_send_again(reply) for reply in lost)


def _take_over(reply: Reply) -> bool:
    """Queue a stalled reply under the next attempt number; after the last attempt it fails."""
    if reply.attempt >= MAX_ATTEMPTS:
        logger.error("reply %s failed: its worker was lost %d times", reply.pk, reply.attempt)
        return reply_finish(
            reply_id=str(reply.pk), attempt=reply.attempt, text="", status="failed", tokens=0, error=WORKER_LOST
        )
    with transaction.atomic():
        same = Reply.objects.filter(pk=reply.pk, attempt=reply.attempt, status=Reply.Status.RUNNING)
        queued = {"status": Reply.Status.QUEUED, "queued_at": timezone.now(), "started_at": None, "exemplars": []}
        if not same.update(attempt=F("attempt") + 1, **queued):
            return False
        logger.warning("reply %s lost its worker; attempt %d is queued", reply.pk, reply.attempt + 1)
        reply_send_on_commit(reply_id=reply.pk, attempt=reply.attempt + 1)
    return True


def _send_again(reply: Reply) -> bool:
    """Send a waiting reply's task once more. Should the first still be in the queue, the later one finds it begun."""
    with transaction.atomic():
        same = Reply.objects.filter(pk=reply.pk, status=Reply.Status.QUEUED, queued_at=reply.queued_at)
        if not same.update(queued_at=timezone.now()):
            return False
        reply_send_on_commit(reply_id=reply.pk, attempt=reply.attempt)
    return True
