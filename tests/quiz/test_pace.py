"""Impossible speeds: the test takes them, the statistics do not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.models import Result
from quiz.pace import FASTEST_SECONDS, is_readable, seconds_per_question
from quiz.services import answer_record, attempt_start

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
paces = st.lists(st.floats(0, 3600), min_size=1, max_size=12)


@pytest.fixture
def take(quiz, owner, monkeypatch) -> Callable[[float], Result]:
    """Walks to the result, with this many seconds on each question."""

    def walk(seconds: float) -> Result:
        moments = (NOON + timedelta(seconds=seconds * step) for step in count())
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        moment = next(moments)
        attempt = attempt_start(quiz=quiz, visitor_id=owner.id)
        for question, answers in attempt.order:
            moment = next(moments)
            result = answer_record(attempt=attempt, question_id=question, answer_id=answers[0])
        return result

    return walk


def test_the_time_on_a_question_runs_from_its_appearance_to_its_first_answer():
    answered = [NOON + timedelta(seconds=seconds) for seconds in (4, 10, 10.5)]
    assert seconds_per_question(NOON, answered) == [4, 6, 0.5]


def test_one_long_pause_excuses_no_flood():
    assert not is_readable([0.2] * 11 + [900])


def test_one_slip_of_the_finger_condemns_nobody():
    assert is_readable([0.1] + [5.0] * 11)


def test_who_takes_exactly_the_least_time_counts():
    assert is_readable([FASTEST_SECONDS] * 12)
    assert not is_readable([FASTEST_SECONDS - 0.01] * 12)


def test_a_walk_without_answers_has_no_pace_to_doubt():
    assert is_readable([])


@given(paces, st.floats(0, 60))
def test_who_takes_longer_counts_all_the_more(seconds, longer):
    assert is_readable([second + longer for second in seconds]) >= is_readable(seconds)


@pytest.mark.parametrize(("seconds", "is_counted"), [(4, True), (0.3, False)])
def test_a_walk_at_an_impossible_speed_gets_its_result_and_is_not_counted(take, seconds, is_counted):
    result = take(seconds)
    assert result.type is not None
    assert result.is_counted is is_counted


def test_changing_an_answer_later_does_not_change_how_long_the_question_took(attempt):
    question, answers = attempt.order[0]
    answer_record(attempt=attempt, question_id=question, answer_id=answers[0])
    first = attempt.choices.get().first_chosen_at
    answer_record(attempt=attempt, question_id=question, answer_id=answers[1])
    choice = attempt.choices.get()
    assert choice.first_chosen_at == first
    assert choice.chosen_at > first
