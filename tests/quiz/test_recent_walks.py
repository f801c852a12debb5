"""Which walks the statistics see, and what of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quiz import item_report, walks
from quiz.measuring import item_report_refresh
from quiz.models import Attempt, ItemReport, Quiz, WordingTrial
from quiz.services import answer_record, attempt_restart, attempt_start
from quiz.tasks import refresh_item_reports
from quiz.trials.selectors import is_given_the_second
from quiz.trials.services import trial_end, trial_start

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Clock:
    """What time it is; a test moves it."""

    def __init__(self) -> None:
        self.time = NOON

    def forward(self, **length: float) -> None:
        self.time += timedelta(**length)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.time)
    return clock


@pytest.fixture
def walk(quiz: Quiz, clock: Clock) -> Callable[..., Attempt]:
    """`walk(1, answered=5, seconds=4)`: visitor 1 answers so many questions, so many seconds each."""

    def walk(visitor: int, answered: int = 12, seconds: float = 4) -> Attempt:
        attempt = attempt_start(quiz=quiz, visitor_id=UUID(int=visitor))
        for question, answers in attempt.order[:answered]:
            clock.forward(seconds=seconds)
            answer_record(attempt=attempt, question_id=question, answer_id=answers[0])
        return attempt

    return walk


def test_a_finished_walk_is_seen_with_its_answers_and_times(quiz, walk):
    attempt = walk(1, seconds=3)
    (seen,) = walks.recent_walks(quiz)
    assert seen.answers == {question: answers[0] for question, answers in attempt.order}
    assert set(seen.seconds.values()) == {3.0}
    assert seen.left_at is None


def test_who_left_is_seen_at_the_question_they_left_at(quiz, walk, clock):
    attempt = walk(1, answered=5)
    clock.forward(hours=2)
    (seen,) = walks.recent_walks(quiz)
    assert seen.left_at == attempt.order[5][0]
    assert len(seen.answers) == 5


def test_who_starts_over_has_left_the_first_walk(quiz, walk, clock):
    attempt = walk(1, answered=0)
    attempt_restart(quiz=quiz, visitor_id=UUID(int=1))
    (seen,) = walks.recent_walks(quiz)
    assert (seen.answers, seen.left_at) == ({}, attempt.order[0][0])


def test_who_is_still_walking_has_not_left(quiz, walk, clock):
    walk(1, answered=5)
    clock.forward(minutes=30)
    assert walks.recent_walks(quiz) == []


def test_impossible_speeds_are_not_seen_finished_or_not(quiz, walk, clock):
    walk(1, seconds=0.2)
    walk(2, seconds=0.2, answered=5)
    clock.forward(hours=2)
    assert walks.recent_walks(quiz) == []


def test_a_flood_does_not_push_people_out_of_the_recent_walks(quiz, walk, monkeypatch):
    monkeypatch.setattr(walks, "RECENT", 2)
    walk(1)
    for bot in range(2, 6):
        walk(bot, seconds=0.1)
    assert len(walks.recent_walks(quiz)) == 1


def test_of_a_visitors_finished_walks_the_first_counts(quiz, walk):
    first, _second, other = walk(1), walk(1, seconds=9), walk(2)
    seen = walks.recent_walks(quiz)
    assert [list(walk.answers) for walk in seen] == [[pair[0] for pair in attempt.order] for attempt in (first, other)]


def test_only_the_latest_walks_are_looked_at(quiz, walk, monkeypatch):
    monkeypatch.setattr(walks, "RECENT", 2)
    for visitor, seconds in ((1, 3), (2, 4), (3, 5)):
        walk(visitor, seconds=seconds)
    assert [set(walk.seconds.values()) for walk in walks.recent_walks(quiz)] == [{4.0}, {5.0}]


def test_walks_of_another_test_are_not_seen(quiz, walk):
    walk(1)
    assert walks.recent_walks(Quiz.objects.create(slug="other", title="…", tagline="…")) == []


def test_a_report_is_counted_from_the_walks_and_replaces_the_one_before(quiz, walk, monkeypatch):
    monkeypatch.setattr(item_report, "ENOUGH_WALKS", 2)
    walk(1)
    refresh_item_reports()
    assert ItemReport.objects.get(quiz=quiz).figures["needed"] == 1
    walk(2, seconds=6)
    refresh_item_reports()
    figures = ItemReport.objects.get(quiz=quiz).figures
    assert (figures["walks"], figures["needed"]) == (2, 0)
    assert [question["seconds"] for question in figures["questions"]] == [5.0] * 12


def test_a_retired_question_leaves_the_report(quiz, walk, monkeypatch):
    monkeypatch.setattr(item_report, "ENOUGH_WALKS", 1)
    walk(1)
    quiz.questions.filter(key="legacy").update(is_active=False)
    figures = item_report_refresh(quiz=quiz).figures
    assert len(figures["questions"]) == 11
    assert figures["walks"] == 1


def test_a_test_that_nobody_took_needs_everybody(quiz):
    assert item_report_refresh(quiz=quiz).figures["needed"] == item_report.ENOUGH_WALKS


@pytest.fixture
def trial(quiz: Quiz, clock: Clock) -> WordingTrial:
    """A second wording of a question, switched on just now."""
    question = quiz.questions.get(key="legacy")
    trial = WordingTrial.objects.create(question=question, scene="새 상황", text="?")
    trial_start(trial=trial)
    trial.refresh_from_db()
    clock.forward(minutes=1)
    return trial


def test_walks_are_counted_under_the_wording_they_were_given(quiz, trial, walk):
    given = [is_given_the_second(trial.pk, walk(visitor).visitor_id) for visitor in range(1, 13)]
    refresh_item_reports()
    trial.refresh_from_db()
    assert trial.figures["takers"] == [given.count(False), given.count(True)]


def test_a_trial_counts_nothing_from_before_it_nor_after_it_nor_too_quick(quiz, walk, clock, request):
    walk(1)
    trial = request.getfixturevalue("trial")
    walk(2, seconds=0.2)
    trial_end(trial=trial)
    clock.forward(minutes=1)
    walk(3)
    refresh_item_reports()
    trial.refresh_from_db()
    assert trial.figures["takers"] == [0, 0]


def test_a_trial_that_is_long_over_keeps_its_figures(quiz, trial, walk, clock):
    walk(1)
    trial_end(trial=trial)
    clock.forward(hours=2)
    refresh_item_reports()
    Attempt.objects.update(wordings={})
    refresh_item_reports()
    trial.refresh_from_db()
    assert sum(trial.figures["takers"]) == 1


def test_a_trial_of_a_retired_question_keeps_its_figures(quiz, trial, walk):
    walk(1)
    refresh_item_reports()
    quiz.questions.filter(key="legacy").update(is_active=False)
    refresh_item_reports()
    trial.refresh_from_db()
    assert sum(trial.figures["takers"]) == 1
