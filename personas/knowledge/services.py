"""From a message to what its reply may know of this site."""

import uuid
from dataclasses import dataclass
from typing import Any

from personas.chat.models import Reply
from personas.knowledge.facts import facts
from personas.knowledge.models import ReplyFacts
from personas.knowledge.retrieval import fact_asked
from personas.registry.models import Persona
from quiz.models import Result
from quiz.selectors import latest_result, matching_types

MAX_CONTEXT_CHARACTERS = 400  # some 200 tokens of the 2048 that a chat and its reply have


@dataclass(frozen=True)
class SiteFacts:
    """One fact, filled in for one visitor: `context` for a model to read, `answer` in the persona's own voice."""

    key: str
    score: float
    context: str
    answer: str


def site_facts(*, message: str, persona: Persona, visitor_id: uuid.UUID) -> SiteFacts | None:
    """What to know for answering this message; None where it does not ask about the site."""
    match = fact_asked(message)
    if match is None:
        return None
    fact = facts()[match.key]
    result = latest_result(visitor_id=visitor_id) if fact.without_result else None
    wording = fact.without_result if fact.without_result and result is None else fact.wording
    names = {"persona": persona.name, **_words_of(result)}
    return SiteFacts(
        key=match.key,
        score=round(match.score, 3),
        context=wording.text.format(**names)[:MAX_CONTEXT_CHARACTERS],
        answer=wording.voices.get(persona.slug, wording.text).format(**names),
    )


def reply_facts_note(*, reply_id: str, given: SiteFacts, is_verbatim: bool) -> None:
    """Keep what a reply was given. A later attempt of the same reply replaces it."""
    values: dict[str, Any] = {"key": given.key, "score": given.score, "context": given.context}
    if Reply.objects.filter(pk=reply_id).exists():
        ReplyFacts.objects.update_or_create(reply_id=reply_id, defaults={**values, "is_verbatim": is_verbatim})


def _words_of(result: Result | None) -> dict[str, Any]:
    if result is None:
        return {}
    match, _worst = matching_types(result)
    return {
        "type": result.type.name,
        "headline": result.type.headline,
        "egen": result.egen_percent,
        "teto": result.teto_percent,
        "match": match.name,
        "match_reason": result.type.best_match_reason,
    }
