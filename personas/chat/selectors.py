"""Reads of conversations. A conversation is a tree; what people and the model see is one path through it."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from personas.chat.models import Conversation, Reply, Turn
from personas.registry.models import Persona
from quiz.selectors import latest_result

# The newest turns that the model is shown: at most so many. Where they become more, several leave at once, so that the
# turns after it find the beginning of their prompt already computed.
CONTEXT_TURNS = 10
TURNS_LEAVING = 5

Message = dict[str, str]


def persona_by_slug(slug: str) -> Persona | None:
    """The persona at /chat/<slug>/, if it is open to visitors."""
    return Persona.objects.filter(slug=slug, is_active=True).first()


def conversation_of(*, visitor_id: uuid.UUID, conversation_id: str) -> Conversation | None:
    """This visitor's own conversation. None for anybody else's, as for one that doesn't exist."""
    try:
        mine = Conversation.objects.filter(pk=uuid.UUID(conversation_id), visitor_id=visitor_id)
    except ValueError:
        return None
    return mine.select_related("persona", "visitor").first()


def latest_conversation(*, visitor_id: uuid.UUID, persona: Persona) -> Conversation | None:
    """The conversation that a persona's chat page opens with: the one last spoken in, or begun since."""
    return _latest(visitor_id, persona=persona, voice=Conversation.Voice.PERSONA)


def latest_mixed_conversation(*, visitor_id: uuid.UUID, voice: Any) -> Conversation | None:
    """The same for a voice in which both egen and teto may speak."""
    return _latest(visitor_id, voice=voice)


def _latest(visitor_id: uuid.UUID, **kind: object) -> Conversation | None:
    mine = Conversation.objects.select_related("persona", "visitor").filter(visitor_id=visitor_id, **kind)
    return (
        mine.annotate(spoken_at=Max("turns__created_at")).order_by(Coalesce("spoken_at", "created_at").desc()).first()
    )


def own_egen_percent(visitor_id: uuid.UUID) -> int | None:
    """How much egen this visitor's newest test result found in them."""
    result = latest_result(visitor_id=visitor_id)
    return result.egen_percent if result else None


def conversations_of(*, visitor_id: uuid.UUID | None) -> QuerySet[Conversation]:
    """A visitor's conversations in which anything was said, the last spoken in first.

    Each has `spoken_at`, and `open_links`, the number of links by which others can read of it.
    """
    open_links = Count("shared_links", filter=Q(shared_links__revoked_at=None), distinct=True)
    mine = Conversation.objects.filter(visitor_id=visitor_id, turns__isnull=False).select_related("persona")
    return mine.annotate(spoken_at=Max("turns__created_at"), open_links=open_links).order_by("-spoken_at")


def replies_are_active() -> bool:
    """Whether anybody is waiting for words now."""
    return Reply.objects.filter(status__in=Reply.ACTIVE).exists()


def shown_end(conversation: Conversation) -> Turn | None:
    """The turn at the end of what is shown: the one that the next message comes after."""
    return conversation.shown_turn or conversation.turns.order_by("created_at").last()


def last_said(turn: Turn, most: int) -> list[str]:
    """The visitor's messages on the way to this turn and its own, oldest first; at most so many, the newest."""
    said = [turn.text]
    while turn.goes_on_from is not None and len(said) < most:
        turn = turn.goes_on_from.turn
        said.append(turn.text)
    return said[::-1]


def said_before(turn: Turn) -> list[str]:
    """The visitor's messages that lead to this one, oldest first, as many as a model would read."""
    return last_said(turn, CONTEXT_TURNS)[:-1]


def messages_for_model(turn: Turn) -> list[Message]:
    """What the model reads before it answers `turn`: `{"role", "content"}`, user and assistant taking turns.

    What was said in care is not for it: the talk begins anew after that. An answer without text (failed, or stopped
    before its first word) is left out, and the two messages around it become one: chat formats insist on the
    alternation.
    """
    if turn.conversation.is_arena:
        return [{"role": "user", "content": turn.text}]  # each message stands alone: both answer the same
    replies = {reply.pk: reply for reply in Reply.objects.filter(turn__conversation_id=turn.conversation_id)}
    turns = {earlier.pk: earlier for earlier in Turn.objects.filter(conversation_id=turn.conversation_id, care=None)}
    backwards = [("user", turn.text)]
    while (reply := replies.get(turn.goes_on_from_id)) is not None and reply.turn_id in turns:
        turn = turns[reply.turn_id]
        backwards += [("assistant", reply.text.strip()), ("user", turn.text)]
    earlier = len(backwards) // 2
    return _alternating(backwards[: 2 * _shown_of(earlier) + 1][::-1])


def _shown_of(earlier: int) -> int:
    """How many of the turns before the newest are shown: all, or those left after some left together."""
    over = earlier + 1 - CONTEXT_TURNS
    return earlier - (-(-over // TURNS_LEAVING) * TURNS_LEAVING if over > 0 else 0)


def _alternating(spoken: Iterable[tuple[str, str]]) -> list[Message]:
    messages: list[Message] = []
    for role, text in spoken:
        if not text:
            continue
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += f"\n{text}"
        else:
            messages.append({"role": role, "content": text})
    return messages
