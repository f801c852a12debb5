"""Reads of thumbs: one's own, those that may train, and how versions stand in them."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from personas.chat.models import Reply
from personas.curation.text_flags import Kind
from personas.ratings.intervals import wilson_interval
from personas.registry.models import AdapterVersion, Persona
from personas.thumbs.models import Thumb

CONSENTED = Q(visitor__training_consent_at__isnull=False)
NOBODYS = Q(persona=None)  # a blend's reply, or one that people wrote


def reply_of(*, visitor_id: uuid.UUID | None, reply_id: uuid.UUID) -> Reply | None:
    """A reply in one of this visitor's own conversations; None for anybody else's."""
    replies = Reply.objects.select_related("turn__conversation__visitor", "turn__conversation__persona", "persona")
    return replies.filter(pk=reply_id, turn__conversation__visitor_id=visitor_id).first()


def thumb_of(*, reply: Reply) -> Thumb | None:
    """What the conversation's owner thinks of a reply."""
    return Thumb.objects.filter(reply=reply, visitor=reply.turn.conversation.visitor_id).first()


def thumbs_trainable(*, persona: Persona) -> QuerySet[Thumb]:
    """Approved thumbs on this persona's own replies whose visitor consents now, none in which somebody is in danger."""
    approved = Thumb.objects.filter(CONSENTED, persona=persona, status=Thumb.Status.APPROVED)
    return approved.exclude(flags__kind=Kind.DANGER)


def thumbs_for_night(*, persona: Persona) -> list[Thumb]:
    """Those that a night trains on: none where it is not to (MIN_TRAINING_THUMBS), where they are too few, and where
    all say the same, since KTO learns what is good beside what is bad."""
    if not settings.MIN_TRAINING_THUMBS:
        return []
    thumbs = list(thumbs_trainable(persona=persona).select_related("reply__turn__conversation").order_by("pk"))
    says_both = {thumb.direction for thumb in thumbs} == set(Thumb.Direction.values)
    return thumbs if says_both and len(thumbs) >= settings.MIN_TRAINING_THUMBS else []


@dataclass(frozen=True)
class VersionTally:
    """Thumbs on one version's replies. `low` and `high` are the 95 % interval of the share that goes up."""

    version: AdapterVersion
    up: int
    down: int
    trainable: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """How much of all its thumbs goes up."""
        return self.up / (self.up + self.down)


def versions_with_thumbs() -> QuerySet[AdapterVersion]:
    """Every version that got a thumb, the newest of each persona first."""
    versions = AdapterVersion.objects.filter(pk__in=Thumb.objects.values("version")).select_related("persona")
    return versions.order_by("persona__position", "persona__slug", "-number")


def tallies_by_version() -> list[VersionTally]:
    """How every version stands that got a thumb."""
    counted = versions_with_thumbs().annotate(
        up=Count("thumbs", filter=Q(thumbs__direction=Thumb.Direction.UP)),
        down=Count("thumbs", filter=Q(thumbs__direction=Thumb.Direction.DOWN)),
        trainable=Count(
            "thumbs",
            filter=Q(thumbs__status=Thumb.Status.APPROVED, thumbs__visitor__training_consent_at__isnull=False),
        ),
    )
    return [
        VersionTally(one, one.up, one.down, one.trainable, *wilson_interval(one.up, one.up + one.down))
        for one in counted
    ]
