"""Everything that only reads trials of wordings."""

import hashlib
import uuid
from typing import Any

from django.db.models import QuerySet

from quiz.models import Attempt, Question, Quiz, WordingTrial
from quiz.wording import Wording

WORDS = ("scene", "scene_en", "text", "text_en")


def running_trials() -> QuerySet[WordingTrial]:
    """Trials that new walks take part in."""
    return WordingTrial.objects.filter(started_at__isnull=False, ended_at=None)


def wordings_drawn(quiz: Quiz, visitor_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    """The wording this visitor reads of each question that is tried, as `Attempt.wordings` keeps it."""
    trials = running_trials().filter(question__quiz=quiz, question__is_active=True)
    return {str(trial.question_id): _drawn(trial, is_given_the_second(trial.pk, visitor_id)) for trial in trials}


def words_of(row: Question | WordingTrial) -> dict[str, str]:
    """Its wording, field by field."""
    return {name: getattr(row, name) for name in WORDS}


def _drawn(trial: WordingTrial, is_second: bool) -> dict[str, Any]:
    words = words_of(trial) if is_second else trial.first
    return {"trial": trial.pk, "second": is_second, "words": words}


def is_given_the_second(trial_id: int, visitor_id: uuid.UUID) -> bool:
    """A coin for each trial and visitor that always falls the same way: who starts over reads what they read before."""
    return bool(hashlib.sha256(f"{trial_id} {visitor_id}".encode()).digest()[0] & 1)


def wording_of(question: Question, attempt: Attempt) -> Question | Wording:
    """What the question says in this walk: where two wordings are tried, the one it was given."""
    given = attempt.wordings.get(str(question.pk))
    return Wording(**given["words"]) if given else question


def trials_of(question: Question) -> QuerySet[WordingTrial]:
    """All that were ever written for this question, the newest first."""
    return WordingTrial.objects.filter(question=question)


def trials_to_show(quiz: Quiz) -> QuerySet[WordingTrial]:
    """Trials of this test that wait for a decision: they run, or ended and nothing was taken over."""
    begun = WordingTrial.objects.filter(question__quiz=quiz, started_at__isnull=False, is_taken_over=False)
    return begun.select_related("question")
