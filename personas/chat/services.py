"""What a visitor does in a conversation. What a worker does to a reply is in reply_lifecycle.py."""

import secrets
import uuid
from dataclasses import asdict

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from inference_worker.contracts import STREAM_TTL_SECONDS, Sampling, stop_key
from personas.chat import errors
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.reply_lifecycle import reply_send_on_commit
from personas.privacy.models import Visitor
from personas.registry.models import Persona

MAX_MESSAGE_CHARACTERS = 1000
MAX_ACTIVE_REPLIES = 3  # of one visitor, over all conversations


def conversation_start(*, visitor: Visitor, persona: Persona) -> Conversation:
    """A new, empty conversation."""
    return Conversation.objects.create(visitor=visitor, persona=persona)


@transaction.atomic
def turn_send(*, conversation: Conversation, text: str, turn_id: uuid.UUID | None = None) -> Turn:
    """The visitor says something; a reply to it is queued.

    `turn_id` is the page's own name for this message. A message that is sent twice, because the connection broke before
    the page heard that it had arrived, is taken once.

    Raises MessageEmpty, MessageTooLong, ReplyRunning, TooManyRunning, and FrameInvalid for somebody else's `turn_id`.
    """
    _lock_visitor(conversation)
    known = Turn.objects.filter(pk=turn_id).first()
    if known is not None:
        if known.conversation_id != conversation.pk:
            raise errors.FrameInvalid
        return known
    text = text.replace("\x00", "").strip()
    if not text:
        raise errors.MessageEmpty
    if len(text) > MAX_MESSAGE_CHARACTERS:
        raise errors.MessageTooLong
    _require_room_for_a_reply(conversation)
    last = conversation.turns.order_by("created_at").last()
    turn = Turn.objects.create(
        id=turn_id or uuid.uuid4(), conversation=conversation, goes_on_from=last and last.kept_reply, text=text
    )
    _queue_reply(turn)
    return turn


@transaction.atomic
def reply_another(*, reply: Reply) -> Reply:
    """A second reply to the same turn, for comparing.

    Raises ReplyUnfinished, AlreadyCompared, ReplyRunning, TooManyRunning.
    """
    _lock_visitor(reply.turn.conversation)
    if reply.status != Reply.Status.DONE:
        raise errors.ReplyUnfinished
    if reply.turn.replies.filter(number__gt=reply.number).exists():
        raise errors.AlreadyCompared
    _require_room_for_a_reply(reply.turn.conversation)
    return _queue_reply(reply.turn)


@transaction.atomic
def reply_retry(*, reply: Reply) -> Reply:
    """A fresh sibling of a failed or stopped reply, which stays as it is.

    Raises NothingToRetry, ReplyRunning, TooManyRunning.
    """
    _lock_visitor(reply.turn.conversation)
    if reply.status not in (Reply.Status.FAILED, Reply.Status.STOPPED):
        raise errors.NothingToRetry
    _require_room_for_a_reply(reply.turn.conversation)
    return _queue_reply(reply.turn)


def reply_stop(*, reply: Reply) -> None:
    """Ask for the end of a reply. A running one keeps its text so far; one that nobody has begun ends here.

    Raises ServerBusy when Redis, which carries the wish to the worker, does not answer.
    """
    try:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.set(stop_key(str(reply.pk)), "1", ex=STREAM_TTL_SECONDS)
    except redis.RedisError as error:
        raise errors.ServerBusy from error
    Reply.objects.filter(pk=reply.pk, status=Reply.Status.QUEUED).update(
        status=Reply.Status.STOPPED, finished_at=timezone.now()
    )


def _lock_visitor(conversation: Conversation) -> None:
    """One visitor's writes stand in line, so that the counts below are true when they are used."""
    Visitor.objects.select_for_update().get(pk=conversation.visitor_id)


def _require_room_for_a_reply(conversation: Conversation) -> None:
    active = Reply.objects.filter(status__in=Reply.ACTIVE, turn__conversation__visitor_id=conversation.visitor_id)
    if active.filter(turn__conversation=conversation).exists():
        raise errors.ReplyRunning
    if active.count() >= MAX_ACTIVE_REPLIES:
        raise errors.TooManyRunning


def _queue_reply(turn: Turn) -> Reply:
    """A reply pinned to the persona's champion of this moment; its task leaves when the transaction is through."""
    persona = turn.conversation.persona
    highest = turn.replies.aggregate(Max("number"))["number__max"] or 0
    sampling = Sampling.from_dict({**persona.sampling, "seed": secrets.randbelow(2**31)})
    reply = Reply.objects.create(
        turn=turn,
        number=highest + 1,
        adapters=[[persona.champion_id, 1.0]] if persona.champion_id else [],
        sampling=asdict(sampling),
    )
    if turn.kept_reply is None:
        turn.kept_reply = reply
        turn.save(update_fields=["kept_reply"])
    reply_send_on_commit(reply_id=reply.pk, attempt=reply.attempt)
    return reply
