"""What the statistics know of a walk."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from quiz import pace
from quiz.models import Attempt, Choice, Quiz, WordingTrial

# With these, the interval of a usual alpha is 0.02 wide; more walks would cost the worker seconds and tell nothing new.
RECENT = 5_000
# Someone who has not ended a two-minute test after an hour has left it.
STILL_WALKING = timedelta(hours=1)


@dataclass(frozen=True)
class Walk:
    """A walk that is over: what was answered, in its order, and the question it was left at (None: it was finished)."""

    answers: dict[int, int]  # question id -> answer id
    seconds: dict[int, float]  # question id -> seconds until its first answer
    left_at: int | None = None
    second_wordings: Mapping[int, bool] = field(default_factory=dict)  # trial id -> was given its second wording


def recent_walks(quiz: Quiz, trial: WordingTrial | None = None) -> list[Walk]:
    """The latest walks through this test, oldest first; with a trial, those begun while it ran.

    Left out are walks at an impossible speed, and what a visitor walks after having finished once: it would not be
    independent of the first.
    """
    attempts = _recent_attempts(quiz, trial)
    taps = defaultdict(list)
    chosen = Choice.objects.filter(attempt__in=attempts).order_by("id")
    for attempt_id, *tap in chosen.values_list("attempt_id", "question_id", "answer_id", "first_chosen_at"):
        taps[attempt_id].append(tap)
    walks = []
    finished_by = set()
    fields = attempts.values_list("id", "visitor_id", "order", "wordings", "started_at", "result__id")
    for attempt_id, visitor_id, order, wordings, started_at, result_id in reversed(fields):
        walk = _walk(order, wordings, started_at, taps[attempt_id])
        if visitor_id in finished_by or not pace.is_readable(list(walk.seconds.values())):
            continue
        if result_id:
            finished_by.add(visitor_id)
        walks.append(walk)
    return walks


def _recent_attempts(quiz: Quiz, trial: WordingTrial | None) -> QuerySet[Attempt]:
    is_over = Q(ended_at__isnull=False) | Q(started_at__lt=timezone.now() - STILL_WALKING)
    counted = Attempt.objects.filter(is_over, quiz=quiz).exclude(result__is_counted=False)
    if trial:
        counted = counted.filter(started_at__range=(trial.started_at, trial.ended_at or timezone.now()))
    return counted.order_by("-id")[:RECENT]


def _walk(order: list, wordings: dict, started_at: datetime, taps: list) -> Walk:
    questions = [question_id for question_id, _answer_id, _at in taps]
    seconds = pace.seconds_per_question(started_at, [answered_at for *_, answered_at in taps])
    return Walk(
        answers={question_id: answer_id for question_id, answer_id, _at in taps},
        seconds=dict(zip(questions, seconds, strict=True)),
        left_at=order[len(taps)][0] if len(taps) < len(order) else None,
        second_wordings={given["trial"]: given["second"] for given in wordings.values()},
    )
