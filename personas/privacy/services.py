"""What a visitor decides about their own data."""

import uuid

from django.db import transaction
from django.utils import timezone

from personas.privacy.models import Visitor
from personas.privacy.signals import consent_withdrawn
from quiz.models import Attempt


def visitor_ensure(*, visitor_id: uuid.UUID) -> Visitor:
    """The visitor of this cookie; made when something of theirs is about to be kept."""
    visitor, _made = Visitor.objects.get_or_create(pk=visitor_id)
    return visitor


def consent_set(*, visitor: Visitor, given: bool) -> None:
    """Note whether the visitor's votes and texts may train the personas."""
    if given:
        consent_give(visitor=visitor)
    else:
        consent_withdraw(visitor=visitor)


def consent_give(*, visitor: Visitor) -> None:
    """Allow training with the visitor's votes and texts, from now on. Given again, the first moment stays."""
    Visitor.objects.filter(pk=visitor.pk, training_consent_at=None).update(training_consent_at=timezone.now())
    visitor.refresh_from_db()


def consent_withdraw(*, visitor: Visitor) -> None:
    """Take the permission back. Snapshots made from now on leave this visitor's pairs out."""
    with transaction.atomic():
        Visitor.objects.filter(pk=visitor.pk).update(training_consent_at=None)
        consent_withdrawn.send(sender=Visitor, visitor=visitor)
    visitor.refresh_from_db()


@transaction.atomic
def visitor_delete(*, visitor_id: uuid.UUID) -> None:
    """Delete all that is kept under this id: test results, conversations, thumbs, votes and their pairs."""
    Attempt.objects.filter(visitor_id=visitor_id).delete()
    Visitor.objects.filter(pk=visitor_id).delete()
