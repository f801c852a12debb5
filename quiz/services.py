"""Everything that writes: starting a walk, recording an answer, ending with a result."""

import random
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from quiz import pace, scoring
from quiz.errors import AnswerRefused, AttemptEnded
from quiz.live.services import result_count
from quiz.matches.services import match_make
from quiz.models import Attempt, Choice, Quiz, Result, ResultType, Team
from quiz.trials.selectors import wordings_drawn


@dataclass(frozen=True)
class Invitation:
    """What a walk is begun for: a friend's result to be matched with, a team to stand in."""

    result: Result | None = None
    team: Team | None = None


NOBODY = Invitation()


def attempt_start(*, quiz: Quiz, visitor_id: uuid.UUID, invitation: Invitation = NOBODY) -> Attempt:
    """Return the visitor's open walk through this test; the first call makes one with an order of its own.

    The newest invitation is kept with the walk, through closed tabs up to its end.
    """
    attempt, _ = Attempt.objects.get_or_create(
        quiz=quiz,
        visitor_id=visitor_id,
        ended_at=None,
        defaults={"order": lambda: _shuffled_order(quiz), "wordings": lambda: wordings_drawn(quiz, visitor_id)},
    )
    if invitation != NOBODY:
        attempt.invited_by, attempt.team = invitation.result, invitation.team
        attempt.save(update_fields=["invited_by", "team"])
    return attempt


def attempt_restart(*, quiz: Quiz, visitor_id: uuid.UUID, invitation: Invitation = NOBODY) -> Attempt:
    """Leave the open walk behind, without a result, and start over with a new order."""
    with transaction.atomic():
        Attempt.objects.filter(quiz=quiz, visitor_id=visitor_id, ended_at=None).update(ended_at=timezone.now())
        return attempt_start(quiz=quiz, visitor_id=visitor_id, invitation=invitation)


def answer_record(*, attempt: Attempt, question_id: int, answer_id: int) -> Result | None:
    """Keep this answer as the one for its question, however often it is sent; the last one missing ends the walk.

    Returns the result once every question is answered. Raises AnswerRefused for an answer that was not offered here,
    and AttemptEnded when the walk is over.
    """
    offered = dict(attempt.order).get(question_id, [])
    if answer_id not in offered:
        raise AnswerRefused
    with transaction.atomic():
        # Taps that arrive together queue here, so only one of them can be the last.
        locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
        if locked.ended_at:
            raise AttemptEnded
        Choice.objects.update_or_create(attempt=locked, question_id=question_id, defaults={"answer_id": answer_id})
        return _result_if_complete(locked)


def _result_if_complete(attempt: Attempt) -> Result | None:
    taps = list(attempt.choices.order_by("id").values_list("answer__egen", "answer__teto", "first_chosen_at"))
    if len(taps) < len(attempt.order):
        return None
    score = scoring.total((egen, teto) for egen, teto, _ in taps)
    seconds = pace.seconds_per_question(attempt.started_at, [answered_at for *_, answered_at in taps])
    attempt.ended_at = timezone.now()
    attempt.save(update_fields=["ended_at"])
    result = Result.objects.create(
        attempt=attempt,
        type=ResultType.objects.get(quiz_id=attempt.quiz_id, kind=score.kind),
        egen_points=score.egen,
        teto_points=score.teto,
        egen_percent=score.egen_percent,
        is_counted=pace.is_readable(seconds),
    )
    # Locked, since its owner may be deleting it just now: then there is nobody to match with.
    invited_by = Result.objects.select_for_update().filter(pk=attempt.invited_by_id).first()
    if invited_by:
        match_make(own=result, others=invited_by)
    transaction.on_commit(lambda: result_count(result=result))
    return result


def _shuffled_order(quiz: Quiz) -> list[list]:
    """Every active question of the test with its active answers, as `[question id, [answer id, ...]]`, at random."""
    order = []
    for question in quiz.questions.filter(is_active=True).prefetch_related("answers"):
        answers = [answer.pk for answer in question.answers.all() if answer.is_active]
        random.shuffle(answers)
        order.append([question.pk, answers])
    random.shuffle(order)
    return order
