"""Impatient fingers: the same thing sent twice counts once."""

import pytest

from quiz.errors import AttemptEnded
from quiz.models import Attempt, Choice, Result
from quiz.services import answer_record


def test_two_taps_on_an_answer_count_once(attempt, answer):
    first, second = answer(attempt, 1), answer(attempt, 1)
    assert first.url == second.url == "/quiz/developer/2/"
    assert Choice.objects.count() == 1


def test_two_taps_on_the_start_button_find_one_walk(quiz, browser_of, owner):
    client = browser_of(owner)
    for _ in range(2):
        assert client.post("/quiz/developer/begin/").url == "/quiz/developer/1/"
    assert Attempt.objects.count() == 1


def test_two_taps_on_the_last_answer_lead_to_one_result(attempt, answer):
    responses = [answer(attempt, number) for number in (*range(1, 13), 12)]
    assert responses[-1].url == responses[-2].url
    assert Result.objects.count() == 1


def test_an_answer_after_the_end_changes_nothing(attempt, answer):
    for number in range(1, 13):
        answer(attempt, number)
    question, answers = attempt.order[0]
    with pytest.raises(AttemptEnded):
        answer_record(attempt=attempt, question_id=question, answer_id=answers[1])
    assert attempt.choices.get(question_id=question).answer_id == answers[0]
