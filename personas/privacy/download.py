"""Everything of one visitor in one piece, to take along: what they said, chose and allowed, and what they got."""

import uuid
from typing import Any

from personas.chat.models import Conversation, Turn
from personas.memory.models import KnownFact
from personas.memory.selectors import facts_kept
from personas.privacy.models import Visitor
from personas.thumbs.models import Thumb
from personas.voting.models import StyleVote, Vote
from quiz.models import Attempt
from quiz.trials.selectors import wording_of


def everything_of(visitor_id: uuid.UUID | None) -> dict[str, Any]:
    """What is kept under an id, oldest first; empty lists for a newcomer without one."""
    visitor = Visitor.objects.filter(pk=visitor_id).first()
    return {
        "training_consent_since": visitor and visitor.training_consent_at,
        "tests": [_test(attempt) for attempt in _attempts(visitor_id)],
        "known_facts": [_fact(fact) for fact in facts_kept(visitor_id=visitor_id)],
        "conversations": [_conversation(talk) for talk in _conversations(visitor)],
        "votes": [_vote(vote) for kind in (Vote, StyleVote) for vote in _votes(kind, visitor)],
        "thumbs": [_thumb(thumb) for thumb in _thumbs(visitor)],
    }


def _attempts(visitor_id: uuid.UUID | None) -> Any:
    mine = Attempt.objects.filter(visitor_id=visitor_id).select_related("quiz", "result__type")
    return mine.prefetch_related("choices__question", "choices__answer").order_by("started_at")


def _test(attempt: Attempt) -> dict[str, Any]:
    result = getattr(attempt, "result", None)
    return {
        "test": attempt.quiz.title,
        "started_at": attempt.started_at,
        "answers": [
            {"question": wording_of(one.question, attempt).text, "answer": one.answer.text}
            for one in attempt.choices.all()
        ],
        "result": result and {"type": result.type.name, "egen_percent": result.egen_percent},
    }


def _fact(fact: KnownFact) -> dict[str, Any]:
    return {"what": fact.get_kind_display(), "value": fact.value, "day": fact.day, "noted_at": fact.noted_at}


def _conversations(visitor: Visitor | None) -> Any:
    mine = Conversation.objects.filter(visitor=visitor) if visitor else Conversation.objects.none()
    return mine.select_related("persona").prefetch_related("turns__replies", "shared_links").order_by("created_at")


def _conversation(talk: Conversation) -> dict[str, Any]:
    return {
        "with": talk.persona.name,
        "title": talk.title,
        "begun_at": talk.created_at,
        "messages": [_message(turn) for turn in talk.turns.all()],
        "links": [{"made_at": link.created_at, "taken_back_at": link.revoked_at} for link in talk.shared_links.all()],
    }


def _message(turn: Turn) -> dict[str, Any]:
    replies = [{"at": reply.created_at, "text": reply.text} for reply in turn.replies.all()]
    return {"at": turn.created_at, "text": turn.text, "replies": replies}


def _votes(kind: type[Vote] | type[StyleVote], visitor: Visitor | None) -> Any:
    mine = kind.objects.filter(visitor=visitor) if visitor else kind.objects.none()
    return mine.select_related("comparison__reply_a", "comparison__reply_b").order_by("created_at")


def _vote(vote: Vote | StyleVote) -> dict[str, Any]:
    return {
        "at": vote.created_at,
        "a": vote.comparison.reply_a.text,
        "b": vote.comparison.reply_b.text,
        "choice": vote.get_choice_display(),
        "reasons": getattr(vote, "reasons", []),
    }


def _thumbs(visitor: Visitor | None) -> Any:
    mine = Thumb.objects.filter(visitor=visitor) if visitor else Thumb.objects.none()
    return mine.select_related("reply").order_by("created_at")


def _thumb(thumb: Thumb) -> dict[str, Any]:
    return {
        "at": thumb.created_at,
        "reply": thumb.reply.text,
        "choice": thumb.get_direction_display(),
        "reasons": thumb.reasons,
    }
