"""What a visitor does in a conversation. What a worker does to a reply is in reply_lifecycle.py."""

import secrets
import uuid
from contextlib import suppress
from dataclasses import asdict

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from inference_worker.contracts import STREAM_TTL_SECONDS, Sampling, stop_key
from moderation import is_abuse
from moderation.composing import composed
from personas.care.models import CareTurn
from personas.care.selectors import care_of, is_turn_in_care
from personas.care.services import answer_give, turn_care
from personas.care.steps import NOT_YET, SAFE, Step, step_for
from personas.chat import errors
from personas.chat.limits import count_reply, require_room_on_the_site
from personas.chat.models import MAX_TITLE_CHARACTERS, WORKER_LOST, Conversation, Reply, Turn
from personas.chat.reply_lifecycle import reply_send_on_commit
from personas.chat.selectors import CONTEXT_TURNS, last_said, shown_end
from personas.chat.voices import Part, answers_of_next, ends, loudest, parts_again, parts_of, require_open
from personas.memory.services import facts_note
from personas.privacy.models import Visitor
from personas.registry.models import Persona
from personas.switch.selectors import generation_is_on

MAX_MESSAGE_CHARACTERS = 1000
MAX_ACTIVE_REPLIES = 3  # of one visitor, over all conversations
FIRST_TITLE_CHARACTERS = 40


def conversation_start(*, visitor: Visitor, persona: Persona) -> Conversation:
    """A new, empty conversation."""
    return Conversation.objects.create(visitor=visitor, persona=persona)


def blend_start(*, visitor: Visitor, egen_percent: int) -> Conversation:
    """A new, empty conversation with egen and teto in one. Raises PersonaClosed, BlendInvalid."""
    _check_percent(egen_percent)
    egen, _teto = ends()
    return Conversation.objects.create(
        visitor=visitor, persona=egen, voice=Conversation.Voice.BLEND, egen_percent=egen_percent
    )


def auto_start(*, visitor: Visitor) -> Conversation:
    """A new, empty conversation in which egen or teto answers, whoever suits the message. Raises PersonaClosed."""
    egen, _teto = ends()
    return Conversation.objects.create(visitor=visitor, persona=egen, voice=Conversation.Voice.AUTO)


def arena_start(*, visitor: Visitor) -> Conversation:
    """A new, empty arena, in which egen and teto both answer each message. Raises PersonaClosed."""
    egen, _teto = ends()
    return Conversation.objects.create(visitor=visitor, persona=egen, voice=Conversation.Voice.ARENA)


def blend_set(*, conversation: Conversation, egen_percent: int) -> None:
    """Mix anew from the next reply on; a reply being written stays as it is. Raises BlendInvalid."""
    _check_percent(egen_percent)
    blend = Conversation.objects.filter(pk=conversation.pk, voice=Conversation.Voice.BLEND)
    if not blend.update(egen_percent=egen_percent):
        raise errors.BlendInvalid
    conversation.egen_percent = egen_percent


def _check_percent(egen_percent: int) -> None:
    if not 0 <= egen_percent <= 100:
        raise errors.BlendInvalid


def conversation_rename(*, conversation: Conversation, title: str) -> None:
    """Give a conversation the visitor's own title. Raises TitleInvalid."""
    title = " ".join(composed(title).replace("\x00", "").split())
    if not 0 < len(title) <= MAX_TITLE_CHARACTERS:
        raise errors.TitleInvalid
    conversation.title = title
    conversation.save(update_fields=["title"])


def conversation_delete(*, conversation: Conversation) -> None:
    """Delete a conversation and all that came of it: links to it, votes, the pairs made from those votes, and what
    is known of the visitor from it.

    Snapshots made before keep their rows, as when a visitor deletes everything. A reply still being written is lost:
    its worker finds nothing to save it in.
    """
    conversation.delete()


@transaction.atomic
def turn_send(
    *, conversation: Conversation, text: str, turn_id: uuid.UUID | None = None, edits: Turn | None = None
) -> Turn:
    """The visitor says something, at the end of what is shown or in the place of a turn that it `edits`; a reply to it
    is queued, in the arena two. What it tells about the visitor is noted (personas/memory). An edited turn stays, with
    all that was said after it, and can be leafed back to.

    Somebody in danger, or in care since, is answered at once by what people wrote: no model, no worker and no room on
    the site is needed for that.

    `turn_id` is the page's own name for this message. A message that is sent twice, because the connection broke before
    the page heard that it had arrived, is taken once.

    Raises PersonaClosed, GenerationOff, MessageEmpty, MessageTooLong, MessageAbusive, ReplyRunning, TooManyRunning,
    SiteFull, TooFast, DayFull, and FrameInvalid for somebody else's `turn_id`.
    """
    lock_visitor(conversation)
    known = Turn.objects.filter(pk=turn_id).first()
    if known is not None:
        if known.conversation_id != conversation.pk:
            raise errors.FrameInvalid
        return known
    text = composed(text).replace("\x00", "").strip()
    if not text:
        raise errors.MessageEmpty
    if len(text) > MAX_MESSAGE_CHARACTERS:
        raise errors.MessageTooLong
    last = shown_end(conversation)
    goes_on_from = edits.goes_on_from if edits else last and last.kept_reply
    before = last_said(goes_on_from.turn, CONTEXT_TURNS) if goes_on_from else []
    step = step_for(visitor_id=conversation.visitor_id, text=text, before=before)
    turn = Turn(id=turn_id or uuid.uuid4(), conversation=conversation, goes_on_from=goes_on_from, text=text)
    if step is not None:
        return _turn_in_care(turn, step)
    if is_abuse(text):
        raise errors.MessageAbusive
    _require_room_for_a_reply(conversation)
    turn.save(force_insert=True)
    if not conversation.title:
        conversation_rename(conversation=conversation, title=first_title(text))
    facts_note(visitor=conversation.visitor, text=text, conversation_id=conversation.pk)
    replies = [_queue_asked(turn, parts) for parts in answers_of_next(turn)]
    reply_keep(turn=turn, reply=replies[0])
    return turn


@transaction.atomic
def care_answer(*, conversation: Conversation, is_safe: bool) -> Turn:
    """The visitor answers the card's question. Safe: care ends, with a way on. Raises CareOver where they are in none.

    Raises TooFast and DayFull, too.
    """
    lock_visitor(conversation)
    if care_of(visitor_id=conversation.visitor_id) is None:
        raise errors.CareOver
    last = shown_end(conversation)
    said = _("이제 안전해요") if is_safe else _("아직 힘들어요")
    turn = Turn(conversation=conversation, goes_on_from=last and last.kept_reply, text=said)
    return _turn_in_care(turn, SAFE if is_safe else NOT_YET)


def _turn_in_care(turn: Turn, step: Step) -> Turn:
    """Save a turn with an answer that people wrote. Its words give the conversation no title: a list is no place for
    them. What a model is still writing here ends."""
    count_reply(turn.conversation.visitor)
    _hush(turn.conversation)
    turn.save(force_insert=True)
    reply_keep(turn=turn, reply=_reply_in_care(turn, turn_care(turn=turn, step=step)))
    return turn


def _reply_in_care(turn: Turn, cared: CareTurn) -> Reply:
    speaker = turn.goes_on_from.speaker if turn.goes_on_from else turn.conversation.persona
    now = timezone.now()
    return Reply.objects.create(
        turn=turn,
        number=1,
        persona=speaker,
        status=Reply.Status.DONE,
        text=answer_give(cared=cared, persona=speaker.slug),
        started_at=now,
        finished_at=now,
    )


def _hush(conversation: Conversation) -> None:
    for running in Reply.objects.filter(status__in=Reply.ACTIVE, turn__conversation=conversation):
        with suppress(errors.ServerBusy):  # without Redis it ends by itself; who is in danger does not wait for that
            reply_stop(reply=running)


def first_title(text: str) -> str:
    """The title that a conversation gets from its first message: the beginning, cut where it is long."""
    words = " ".join(text.split())
    return words if len(words) <= FIRST_TITLE_CHARACTERS else f"{words[: FIRST_TITLE_CHARACTERS - 1].rstrip()}…"


@transaction.atomic
def reply_another(*, reply: Reply) -> Reply:
    """A second reply to the same turn, for comparing. The conversation goes on from the first until a vote.

    Raises CareFirst, ReplyUnfinished, AlreadyCompared, ReplyNotShown, and what `turn_send` raises where there is no
    room.
    """
    lock_visitor(reply.turn.conversation)
    _require_no_care(reply.turn)
    if reply.status != Reply.Status.DONE:
        raise errors.ReplyUnfinished
    if _has_another_beside_it(reply):
        raise errors.AlreadyCompared
    _require_room_for_a_reply(reply.turn.conversation)
    if not _is_newest_shown(reply):
        raise errors.ReplyNotShown
    return _queue_asked(reply.turn, parts_of(reply))


@transaction.atomic
def reply_retry(*, reply: Reply) -> Reply:
    """A fresh reply in the place of the newest one shown, which stays as it is and can be leafed back to.

    The unfinished one of two side by side can be written again too: its turn goes on from the other as before.

    Raises CareFirst, ReplyNotShown, WorkersLost, and what `turn_send` raises where there is no room.
    """
    lock_visitor(reply.turn.conversation)
    _require_no_care(reply.turn)
    if reply.turn.replies.filter(error=WORKER_LOST).exists():
        raise errors.WorkersLost
    _require_room_for_a_reply(reply.turn.conversation)
    if _is_newest_shown(reply):
        fresh = _queue_asked(reply.turn, parts_again(reply))
        reply_keep(turn=reply.turn, reply=fresh)
        return fresh
    if _has_another_beside_it(reply) and reply.status != Reply.Status.DONE:
        return _queue_asked(reply.turn, parts_of(reply))
    raise errors.ReplyNotShown


def _queue_asked(turn: Turn, parts: list[Part]) -> Reply:
    """A reply that the visitor asked for, which counts. Raises TooFast and DayFull; the transaction keeps nothing."""
    count_reply(turn.conversation.visitor)
    return reply_queue(turn=turn, parts=parts)


def reply_queue(*, turn: Turn, parts: list[Part], adapters: list | None = None) -> Reply:
    """One more reply to a turn, pinned to these adapter versions, else to its personas' champions of this moment.

    The caller has seen to it that there is room for it. Its task leaves when the transaction is through.
    """
    champions = [[part.persona.champion_id, part.weight] for part in parts if part.persona.champion_id]
    highest = turn.replies.aggregate(Max("number"))["number__max"] or 0
    persona = loudest(parts)
    sampling = Sampling.from_dict({**persona.sampling, "seed": secrets.randbelow(2**31)})
    reply = Reply.objects.create(
        turn=turn,
        number=highest + 1,
        persona=persona,
        adapters=champions if adapters is None else adapters,
        sampling=asdict(sampling),
    )
    reply_send_on_commit(reply_id=reply.pk, attempt=reply.attempt)
    return reply


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


def reply_keep(*, turn: Turn, reply: Reply) -> None:
    """Show this reply, at the end of the conversation; the next message goes on from it."""
    turn.kept_reply = reply
    turn.save(update_fields=["kept_reply"])
    turn_end_at(turn=turn)


def turn_end_at(*, turn: Turn) -> None:
    """Show the conversation up to this turn."""
    turn.conversation.shown_turn = turn
    turn.conversation.save(update_fields=["shown_turn"])


def lock_visitor(conversation: Conversation) -> None:
    """One visitor's writes stand in line, so that what is read below is true when it is used."""
    Visitor.objects.select_for_update().get(pk=conversation.visitor_id)
    conversation.refresh_from_db(fields=["shown_turn", "title", "egen_percent"])


def require_quiet(conversation: Conversation) -> None:
    """Raises ReplyRunning while a reply of this conversation is being written."""
    if Reply.objects.filter(status__in=Reply.ACTIVE, turn__conversation=conversation).exists():
        raise errors.ReplyRunning


def _is_newest_shown(reply: Reply) -> bool:
    reply.turn.refresh_from_db(fields=["kept_reply"])
    return reply.turn.kept_reply_id == reply.pk and reply.turn == shown_end(reply.turn.conversation)


def _has_another_beside_it(reply: Reply) -> bool:
    return reply.turn.conversation.is_arena or _is_compared(reply)


def _is_compared(reply: Reply) -> bool:
    return reply.turn.comparisons.filter(Q(reply_a=reply) | Q(reply_b=reply)).exists()


def _require_no_care(turn: Turn) -> None:
    if is_turn_in_care(turn_id=turn.pk) or care_of(visitor_id=turn.conversation.visitor_id) is not None:
        raise errors.CareFirst


def _require_room_for_a_reply(conversation: Conversation) -> None:
    require_open(conversation)
    if not generation_is_on():
        raise errors.GenerationOff
    require_quiet(conversation)
    active = Reply.objects.filter(status__in=Reply.ACTIVE, turn__conversation__visitor_id=conversation.visitor_id)
    if active.count() + conversation.replies_to_each > MAX_ACTIVE_REPLIES:
        raise errors.TooManyRunning
    require_room_on_the_site()
