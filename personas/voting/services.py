"""Two replies side by side, and the visitor's pick. Pairs that nobody asked for are opened in unasked.py."""

import secrets
from collections.abc import Collection
from typing import TypeVar

from django.db import IntegrityError, transaction

from personas.care.selectors import is_turn_in_care
from personas.chat.errors import CareFirst
from personas.chat.models import Reply
from personas.chat.services import lock_visitor, reply_another, reply_retry
from personas.curation.services import pair_from_vote
from personas.knowledge.models import ReplyFacts
from personas.privacy.models import Visitor
from personas.voting import errors
from personas.voting.models import Comparison, StyleVote, Vote

AnyVote = TypeVar("AnyVote", Vote, StyleVote)


@transaction.atomic
def comparison_open(*, reply: Reply) -> Comparison:
    """Put a second reply to the same turn beside this one. Raises NothingToCompare, and as `reply_another` does."""
    if ReplyFacts.objects.filter(reply=reply).exists():
        raise errors.NothingToCompare
    return comparison_of_replies(reply, reply_another(reply=reply))


def comparison_of_replies(first: Reply, second: Reply, **details: object) -> Comparison:
    """Two replies to one turn, on sides drawn by lot."""
    sides = [first, second]
    secrets.SystemRandom().shuffle(sides)
    return Comparison.objects.create(turn=first.turn, reply_a=sides[0], reply_b=sides[1], **details)


@transaction.atomic
def comparison_skip(*, comparison: Comparison) -> None:
    """Take an unasked comparison apart: one answer is shown, and the other can be leafed to.

    Raises NotSkippable once it was voted on, and where the visitor had asked for it.
    """
    lock_visitor(comparison.turn.conversation)
    undecided = Comparison.objects.select_related("turn__conversation", "turn__kept_reply", "reply_a", "reply_b")
    open_one = undecided.filter(pk=comparison.pk, is_unasked=True, votes=None, style_votes=None).first()
    if open_one is None:
        raise errors.NotSkippable
    finished = [reply for reply in (open_one.reply_a, open_one.reply_b) if reply.status == Reply.Status.DONE]
    if finished and open_one.turn.kept_reply not in finished:
        open_one.turn.kept_reply = finished[0]
        open_one.turn.save(update_fields=["kept_reply"])
    open_one.delete()


@transaction.atomic
def reply_replace(*, reply: Reply) -> Reply:
    """A fresh reply in the place of the newest. In an open comparison it takes the side of one that failed or stopped.

    Raises as `reply_retry` does.
    """
    fresh = reply_retry(reply=reply)
    if reply.status != Reply.Status.DONE:
        open_comparisons = Comparison.objects.filter(votes=None, style_votes=None)
        open_comparisons.filter(reply_a=reply).update(reply_a=fresh)
        open_comparisons.filter(reply_b=reply).update(reply_b=fresh)
    return fresh


@transaction.atomic
def vote_cast(*, comparison: Comparison, visitor: Visitor, choice: str) -> Vote:
    """Note the visitor's pick. A or B also makes a pending preference pair, and the conversation goes on from the pick.

    Raises CareFirst, VoteUnknown, VoteNotReady, and AlreadyVoted, which leaves the first vote as it was.
    """
    if comparison.asks_style or choice not in Vote.Choice.values:
        raise errors.VoteUnknown
    vote = _note(Vote, comparison, visitor, choice)
    if vote.preferred is not None:
        comparison.turn.kept_reply = vote.preferred
        comparison.turn.save(update_fields=["kept_reply"])
        pair_from_vote(vote=vote)
    return vote


@transaction.atomic
def style_vote_cast(*, comparison: Comparison, visitor: Visitor, choice: str) -> StyleVote:
    """Note which reply the visitor finds more in character. Nothing else changes: it says nothing about the better one.

    Raises as `vote_cast` does.
    """
    if not comparison.asks_style or choice not in StyleVote.Choice.values:
        raise errors.VoteUnknown
    return _note(StyleVote, comparison, visitor, choice)


def _note(kind: type[AnyVote], comparison: Comparison, visitor: Visitor, choice: str) -> AnyVote:
    if is_turn_in_care(turn_id=comparison.turn_id):
        raise CareFirst
    if not comparison.is_done:
        raise errors.VoteNotReady
    try:
        with transaction.atomic():
            return kind.objects.create(comparison=comparison, visitor=visitor, choice=choice)
    except IntegrityError as error:
        raise errors.AlreadyVoted from error


def vote_explain(*, vote: Vote, reasons: Collection[str]) -> None:
    """Note why, in the place of what was said before; no reason at all is fine. Raises ReasonUnknown."""
    if not set(reasons) <= set(vote.reasons_to_give):
        raise errors.ReasonUnknown
    vote.reasons = [reason for reason in vote.reasons_to_give if reason in reasons]
    vote.save(update_fields=["reasons"])
