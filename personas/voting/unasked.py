"""Pairs that nobody asked for: by lot a message gets two answers at once, to be judged blind.

Only where it disturbs nobody: not at the beginning of a talk, not twice in a row, and not while anybody waits.
"""

import secrets
import uuid

from django.conf import settings
from django.db import transaction

from personas.chat.models import Conversation, Reply, Turn
from personas.chat.services import lock_visitor, reply_queue, reply_stop, turn_send
from personas.chat.voices import parts_of
from personas.knowledge.retrieval import fact_asked
from personas.registry.selectors import candidate_for_canary
from personas.voting.errors import NotSkippable
from personas.voting.models import STYLE_QUESTIONS, Comparison
from personas.voting.selectors import unasked_comparison_with
from personas.voting.services import comparison_of_replies, comparison_skip

STYLE_SHARE = 25  # of a hundred unasked pairs, those that ask about style instead of quality


@transaction.atomic
def turn_send_by_lot(
    *, conversation: Conversation, text: str, turn_id: uuid.UUID | None = None, edits: Turn | None = None
) -> Turn:
    """`turn_send`, and now and then a second answer that is written beside the first. Raises as `turn_send` does."""
    lock_visitor(conversation)
    is_known = Turn.objects.filter(pk=turn_id).exists()  # sent twice: its lot was drawn the first time
    turn = turn_send(conversation=conversation, text=text, turn_id=turn_id, edits=edits)
    if not is_known and _lot(settings.UNASKED_PAIRS) and _suits(turn):
        _pair(turn.kept_reply)
    return turn


def replies_stop(*, replies: list[Reply]) -> None:
    """Stop all that is being written in a conversation. An unasked pair is over with it: half answers teach nothing.

    Raises ServerBusy as `reply_stop` does.
    """
    for reply in replies:
        reply_stop(reply=reply)
        pair_call_off(reply_id=str(reply.pk))


def pair_call_off(*, reply_id: str) -> None:
    """Take the reply's unasked pair apart, if there is one that was not voted on."""
    comparison = unasked_comparison_with(reply_id=reply_id)
    if comparison is not None:
        try:
            comparison_skip(comparison=comparison)
        except NotSkippable:
            return  # called off by the other reply's worker, or voted on


def _lot(percent: int) -> bool:
    return secrets.randbelow(100) < percent


def _suits(turn: Turn) -> bool:
    """Whether a pair would disturb nobody here."""
    before, first = turn.goes_on_from, turn.kept_reply
    if before is None or before.turn.comparisons.exists() or first.status != Reply.Status.QUEUED:
        return False
    if fact_asked(turn.text):  # there is one true answer
        return False
    active = Reply.objects.filter(status__in=Reply.ACTIVE)
    of_visitor = active.filter(turn__conversation__visitor_id=turn.conversation.visitor_id)
    return of_visitor.count() == 1 and active.count() <= settings.REPLY_SLOTS // 2


def _pair(first: Reply) -> Comparison:
    second = reply_queue(turn=first.turn, parts=parts_of(first), adapters=_adapters_beside(first))
    has_a_style = not first.is_blend and first.speaker.slug in STYLE_QUESTIONS
    question = Comparison.Question.STYLE if has_a_style and _lot(STYLE_SHARE) else Comparison.Question.QUALITY
    return comparison_of_replies(first, second, is_unasked=True, question=question)


def _adapters_beside(first: Reply) -> list:
    """The candidate where the champion alone writes the first answer; else the same again, drawn anew."""
    champion_id = first.speaker.champion_id
    candidate = candidate_for_canary(first.speaker)
    if candidate is not None and first.adapters == [[champion_id, 1.0]]:
        return [[candidate.pk, 1.0]]
    return first.adapters
