"""Writes: what a message tells is noted, and what a visitor no longer wants known is erased."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate

from personas.memory.facts import Change, Fact, Told, changed
from personas.memory.finding import changes_in
from personas.memory.models import KnownFact
from personas.privacy.models import Visitor


@transaction.atomic
def facts_note(*, visitor: Visitor, text: str, conversation_id: uuid.UUID) -> None:
    """Note what a message that was taken tells about its visitor. The caller holds the visitor's row, so that two
    messages at once stay in line. It is for messages that a model answers: what is said in care is not asked for facts.
    """
    today = localdate()
    changes = changes_in(text, today)
    if changes:
        _replace(visitor, conversation_id, changes, changed([row.fact for row in _rows(visitor)], changes, today))


def _replace(visitor: Visitor, conversation_id: uuid.UUID, changes: list[Change], facts: list[Fact]) -> None:
    told_now = {change.fact for change in changes if isinstance(change, Told)}
    rows = _rows(visitor)
    kept = {row.fact for row in rows}.intersection(facts) - told_now
    for row in rows:
        if row.fact not in kept:
            row.delete()
    now = timezone.now()
    for fact in facts:
        if fact not in kept:
            KnownFact.objects.create(
                visitor=visitor,
                conversation_id=conversation_id,
                kind=fact.kind,
                value=fact.value,
                day=fact.day,
                noted_at=now,
            )


def _rows(visitor: Visitor) -> list[KnownFact]:
    return list(KnownFact.objects.filter(visitor=visitor))


def fact_erase(*, visitor_id: uuid.UUID, fact_id: int) -> bool:
    """Erase one fact. False, and nothing erased, where this visitor has none of that id."""
    erased, _each = KnownFact.objects.filter(visitor_id=visitor_id, pk=fact_id).delete()
    return bool(erased)


def facts_erase(*, visitor_id: uuid.UUID) -> None:
    """Erase all that is known of a visitor."""
    KnownFact.objects.filter(visitor_id=visitor_id).delete()
