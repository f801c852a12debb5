"""Reads of the arena."""

import uuid

from personas.arena.picture import Pair
from personas.care.selectors import is_turn_in_care
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.tree import newest_of_each
from personas.privacy.masking import mask


def arena_turn_of(*, visitor_id: uuid.UUID | None, turn_id: uuid.UUID) -> Turn | None:
    """A turn of this visitor's own arenas; None for anybody else's, and for turns of other conversations."""
    arenas = Turn.objects.filter(conversation__voice=Conversation.Voice.ARENA, conversation__visitor_id=visitor_id)
    return arenas.select_related("conversation").filter(pk=turn_id).first()


def pair_to_show(turn: Turn) -> Pair | None:
    """The message and both answers with what looks personal masked; None unless both were written to their end, and
    for what was said in care."""
    if is_turn_in_care(turn_id=turn.pk):
        return None
    replies = newest_of_each(turn)
    if len(replies) < 2 or any(reply.status != Reply.Status.DONE for reply in replies):
        return None
    egen, teto = (mask(reply.text.strip()) for reply in replies)
    return Pair(mask(turn.text), egen, teto)
