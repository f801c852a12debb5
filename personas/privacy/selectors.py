"""Reads for the privacy page."""

import uuid
from dataclasses import dataclass

from personas.chat.models import Conversation
from personas.privacy.models import Visitor
from personas.thumbs.models import Thumb
from personas.voting.models import StyleVote, Vote
from quiz.models import Attempt


@dataclass(frozen=True)
class Kept:
    """What is kept of one visitor, in numbers."""

    attempts: int
    conversations: int
    votes: int
    thumbs: int
    may_train: bool

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to delete."""
        return not (self.attempts or self.conversations or self.votes or self.may_train)


def kept_of(visitor_id: uuid.UUID | None) -> Kept:
    """Count what is kept under an id; all zero for a newcomer without one."""
    visitor = Visitor.objects.filter(pk=visitor_id).first()
    return Kept(
        attempts=Attempt.objects.filter(visitor_id=visitor_id).count() if visitor_id else 0,
        conversations=Conversation.objects.filter(visitor=visitor).count() if visitor else 0,
        votes=sum(kind.objects.filter(visitor=visitor).count() for kind in (Vote, StyleVote)) if visitor else 0,
        thumbs=Thumb.objects.filter(visitor=visitor).count() if visitor else 0,
        may_train=visitor is not None and visitor.may_train,
    )
