"""Thumbs come, change and go."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from personas.care.selectors import is_turn_in_care
from personas.chat.errors import CareFirst
from personas.chat.models import Reply
from personas.chat.services import lock_visitor
from personas.knowledge.models import ReplyFacts
from personas.privacy.models import Visitor
from personas.registry.models import Persona
from personas.registry.selectors import version_among
from personas.thumbs import errors
from personas.thumbs.flagging import thumbs_flag
from personas.thumbs.models import Thumb
from personas.voting.errors import ReasonUnknown
from personas.voting.models import Comparison


@transaction.atomic
def thumb_give(*, reply: Reply, visitor: Visitor, direction: str) -> Thumb:
    """Note what the visitor thinks of this reply, in the place of what they thought before. The same again changes
    nothing.

    Raises CareFirst, ThumbUnknown, ThumbNotReady, and NothingToThumb for one side of two and for what was taken from
    facts.
    """
    if direction not in Thumb.Direction.values:
        raise errors.ThumbUnknown
    lock_visitor(reply.turn.conversation)
    _check(reply)
    before = Thumb.objects.filter(reply=reply, visitor=visitor).first()
    if before is not None and before.direction == direction:
        return before
    thumb_take_back(reply=reply, visitor=visitor)
    learner = _learner(reply)
    given = Thumb.objects.create(
        reply=reply,
        visitor=visitor,
        direction=direction,
        persona=learner,
        version=learner and version_among(persona=learner, adapters=reply.adapters),
    )
    thumbs_flag(thumbs=[given])
    return given


def _check(reply: Reply) -> None:
    reply.refresh_from_db(fields=["status", "tokens"])
    if reply.status != Reply.Status.DONE:
        raise errors.ThumbNotReady
    if is_turn_in_care(turn_id=reply.turn_id):
        raise CareFirst
    is_compared = Comparison.objects.filter(Q(reply_a=reply) | Q(reply_b=reply)).exists()
    if is_compared or reply.turn.conversation.is_arena or ReplyFacts.objects.filter(reply=reply).exists():
        raise errors.NothingToThumb


def _learner(reply: Reply) -> Persona | None:
    """Whom a thumb can teach: the persona that wrote the reply alone. What people wrote took no tokens."""
    return None if reply.is_blend or not reply.tokens else reply.speaker


def thumb_take_back(*, reply: Reply, visitor: Visitor) -> None:
    """Forget what the visitor thought of this reply. The next snapshot is without it."""
    Thumb.objects.filter(reply=reply, visitor=visitor).delete()


def thumb_explain(*, thumb: Thumb, reasons: Collection[str]) -> None:
    """Note why, in the place of what was said before; no reason at all is fine. Raises ReasonUnknown."""
    if not set(reasons) <= set(thumb.reasons_to_give):
        raise ReasonUnknown
    Thumb.objects.filter(pk=thumb.pk).update(reasons=[one for one in thumb.reasons_to_give if one in reasons])
    thumb.refresh_from_db(fields=["reasons"])
