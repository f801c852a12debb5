"""Reads: what is known of a visitor, for them to see and for a prompt."""

import uuid

from django.db.models import QuerySet
from django.utils.timezone import localdate

from personas.memory.facts import Fact, Kind
from personas.memory.models import KnownFact
from personas.privacy.models import Visitor

# In this order and under these words a prompt says them.
PROMPT_WORDS = {
    Kind.NAME: "이름",
    Kind.PET: "반려동물",
    Kind.PLAN: "일정",
    Kind.LIKING: "좋아하는 것",
    Kind.JOB: "하는 일",
    Kind.PLACE: "사는 곳",
}


def facts_of(visitor: Visitor) -> dict[str, str]:
    """What a prompt to this visitor may say: `{"이름": "지민", "일정": "내일 면접"}`. Only what is known is in it."""
    return facts_in_words([row.fact for row in facts_kept(visitor_id=visitor.pk)])


def facts_in_words(facts: list[Fact]) -> dict[str, str]:
    """Facts as a prompt says them today in Seoul; plans that are over are left out."""
    today = localdate()
    said = {
        word: ", ".join(fact.said(today) for fact in facts if fact.kind == kind and not fact.is_over(today))
        for kind, word in PROMPT_WORDS.items()
    }
    return {word: values for word, values in said.items() if values}


def facts_kept(*, visitor_id: uuid.UUID | None) -> QuerySet[KnownFact]:
    """All that is kept under an id, oldest first; nothing for a newcomer without one."""
    return KnownFact.objects.filter(visitor_id=visitor_id) if visitor_id else KnownFact.objects.none()
