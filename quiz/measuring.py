"""Counting the item reports anew, for the housekeeping; this loads numpy and scipy, so no page imports it."""

from django.db.models import F, Q
from django.utils import timezone

from quiz.item_report import Item, build_report
from quiz.models import ItemReport, Quiz, WordingTrial
from quiz.trials.report import build_trial_report
from quiz.walks import STILL_WALKING, Walk, recent_walks


def item_reports_refresh() -> None:
    """Count the report of every test, published or not, and keep it where the pages look it up."""
    for quiz in Quiz.objects.all():
        item_report_refresh(quiz=quiz)


def item_report_refresh(*, quiz: Quiz) -> ItemReport:
    """Count this test's report from its recent walks; the one before is replaced."""
    figures = build_report(current_items(quiz), recent_walks(quiz))
    report, _ = ItemReport.objects.update_or_create(quiz=quiz, defaults={"figures": figures})
    return report


def trials_refresh() -> None:
    """Count every trial of wordings that runs, and those that ended, until the last walk of theirs is over."""
    is_open = Q(ended_at=None) | Q(counted_at=None) | Q(counted_at__lt=F("ended_at") + STILL_WALKING)
    begun = WordingTrial.objects.filter(is_open, started_at__isnull=False, question__is_active=True)
    for trial in begun.select_related("question__quiz"):
        trial_refresh(trial=trial)


def trial_refresh(*, trial: WordingTrial) -> None:
    """Count what came of each wording so far."""
    quiz = trial.question.quiz
    now, walks = timezone.now(), recent_walks(quiz, trial)
    figures = build_trial_report(trial.question_id, current_items(quiz), _by_wording(trial, walks))
    WordingTrial.objects.filter(pk=trial.pk).update(figures=figures, counted_at=now)


def _by_wording(trial: WordingTrial, walks: list[Walk]) -> tuple[list[Walk], list[Walk]]:
    first, second = (
        [walk for walk in walks if walk.second_wordings.get(trial.pk) is is_second] for is_second in (False, True)
    )
    return first, second


def current_items(quiz: Quiz) -> list[Item]:
    """The questions as a visitor would get them now, in the test's own order."""
    questions = quiz.questions.filter(is_active=True).prefetch_related("answers")
    return [
        Item(question.pk, {a.pk: (a.egen, a.teto) for a in question.answers.all() if a.is_active})
        for question in questions
    ]
