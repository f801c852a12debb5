"""Everything that only reads."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from quiz.models import Answer, Attempt, ItemReport, Question, Quiz, Result, ResultType
from quiz.scoring import Kind
from quiz.trials.selectors import wording_of
from quiz.wording import Wording


@dataclass(frozen=True)
class Step:
    """One screen of a walk: the question in this visitor's wording, its answers in their order, and the one chosen."""

    quiz: Quiz
    question: Question
    wording: Question | Wording
    answers: list[Answer]
    chosen_id: int | None
    number: int
    total: int

    @property
    def answered_before(self) -> int:
        """How many screens lie behind this one."""
        return self.number - 1

    @property
    def following(self) -> int:
        """Number of the next screen."""
        return self.number + 1


def published_quizzes() -> QuerySet[Quiz]:
    """Tests that visitors may take, in their order: made public, with questions, and with words for all five kinds."""
    complete = Quiz.objects.annotate(kinds=Count("types", distinct=True)).filter(kinds=len(Kind))
    offered = complete.filter(is_published=True, questions__is_active=True).distinct()
    return offered.order_by("position", "slug")  # Django leaves the model's own order out where rows are counted


def open_attempt(*, slug: str, visitor_id: uuid.UUID | None) -> Attempt | None:
    """The walk this visitor has begun and not ended, with its test; None for anyone else."""
    if visitor_id is None:
        return None
    return (
        Attempt.objects.select_related("quiz")
        .filter(visitor_id=visitor_id, quiz__slug=slug, quiz__is_published=True, ended_at=None)
        .first()
    )


def chosen_answers(attempt: Attempt) -> dict[int, int]:
    """What was answered so far: question id -> answer id."""
    return dict(attempt.choices.values_list("question_id", "answer_id"))


def next_number(attempt: Attempt, chosen: Mapping[int, int]) -> int:
    """Number of the first question without an answer (1 to the length of the walk)."""
    for number, (question_id, _answers) in enumerate(attempt.order, 1):
        if question_id not in chosen:
            return number
    return len(attempt.order)


def attempt_step(attempt: Attempt, number: int, chosen: Mapping[int, int]) -> Step:
    """The walk's screen with this number, which must be 1 to the length of the walk."""
    question_id, answer_ids = attempt.order[number - 1]
    by_id = Answer.objects.select_related("question").in_bulk(answer_ids)
    answers = [by_id[answer_id] for answer_id in answer_ids]
    question = answers[0].question
    return Step(
        quiz=attempt.quiz,
        question=question,
        wording=wording_of(question, attempt),
        answers=answers,
        chosen_id=chosen.get(question_id),
        number=number,
        total=len(attempt.order),
    )


def latest_result(*, visitor_id: uuid.UUID | None, slug: str | None = None) -> Result | None:
    """The result of this visitor's last finished walk, with its type: through this test, or without a slug any."""
    if visitor_id is None:
        return None
    mine = Result.objects.filter(attempt__visitor_id=visitor_id).select_related("type", "attempt")
    return (mine.filter(attempt__quiz__slug=slug) if slug else mine).first()


def shared_result(token: str) -> Result | None:
    """The result behind a link, with all its page needs; the same for whoever opens it."""
    return Result.objects.select_related("type", "attempt__quiz").filter(token=token).first()


def matching_types(result: Result) -> tuple[ResultType, ResultType | None]:
    """The type that goes best with this one, and the one that goes worst, where the test names one."""
    by_kind = {found.kind: found for found in ResultType.objects.filter(quiz_id=result.type.quiz_id)}
    return by_kind[result.type.best_match], by_kind.get(result.type.worst_match)


def public_reports() -> QuerySet[ItemReport]:
    """Item reports of the tests that visitors may take."""
    return ItemReport.objects.filter(quiz__in=published_quizzes()).select_related("quiz")
