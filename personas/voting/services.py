"""Two replies side by side, and the visitor's pick."""

import secrets

from django.db import IntegrityError, transaction

from personas.chat.models import Reply
from personas.chat.services import reply_another, reply_retry
from personas.curation.services import pair_from_vote
from personas.privacy.models import Visitor
from personas.voting import errors
from personas.voting.models import Comparison, Vote


@transaction.atomic
def comparison_open(*, reply: Reply) -> Comparison:
    """Put a second reply to the same turn beside this one, on sides drawn by lot. Raises as `reply_another` does."""
    sides = [reply, reply_another(reply=reply)]
    secrets.SystemRandom().shuffle(sides)
    return Comparison.objects.create(turn=reply.turn, reply_a=sides[0], reply_b=sides[1])


@transaction.atomic
def reply_replace(*, reply: Reply) -> Reply:
    """A fresh reply in the place of the newest. In an open comparison it takes the side of one that failed or stopped.

    Raises as `reply_retry` does.
    """
    fresh = reply_retry(reply=reply)
    if reply.status != Reply.Status.DONE:
        open_comparisons = Comparison.objects.filter(votes=None)
        open_comparisons.filter(reply_a=reply).update(reply_a=fresh)
        open_comparisons.filter(reply_b=reply).update(reply_b=fresh)
    return fresh


@transaction.atomic
def vote_cast(*, comparison: Comparison, visitor: Visitor, choice: str) -> Vote:
    """Note the visitor's pick. A or B also makes a pending preference pair, and the conversation goes on from the pick.

    Raises VoteUnknown, VoteNotReady, and AlreadyVoted, which leaves the first vote as it was.
    """
    if choice not in Vote.Choice.values:
        raise errors.VoteUnknown
    if any(reply.status != Reply.Status.DONE for reply in (comparison.reply_a, comparison.reply_b)):
        raise errors.VoteNotReady
    try:
        with transaction.atomic():
            vote = Vote.objects.create(comparison=comparison, visitor=visitor, choice=choice)
    except IntegrityError as error:
        raise errors.AlreadyVoted from error
    if vote.preferred is not None:
        comparison.turn.kept_reply = vote.preferred
        comparison.turn.save(update_fields=["kept_reply"])
        pair_from_vote(vote=vote)
    return vote
