"""Answers nobody offered, and people whose walk it is not."""

import pytest

from quiz.models import Choice, Question


@pytest.mark.parametrize(
    "data",
    [{}, {"question": "1"}, {"question": "x", "answer": "y"}, {"question": "999999", "answer": "1"}],
    ids=["nothing", "no answer", "no numbers", "unknown question"],
)
def test_a_malformed_answer_gets_a_friendly_400(attempt, browser_of, owner, data):
    response = browser_of(owner).post("/quiz/developer/1/", data)
    assert response.status_code == 400
    assert "다시 골라 주세요" in response.content.decode()
    assert not Choice.objects.exists()


def test_an_answer_of_another_question_is_refused(attempt, browser_of, owner):
    (question, _), (_, foreign) = attempt.order[:2]
    data = {"question": question, "answer": foreign[0]}
    response = browser_of(owner).post("/quiz/developer/1/", data, headers={"hx-request": "true"})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not Choice.objects.exists()


def test_a_retired_answer_that_was_never_offered_is_refused(quiz, owner, browser_of):
    question = Question.objects.get(key="legacy")
    retired = question.answers.create(key="old", text="옛 답", is_active=False)
    client = browser_of(owner)
    client.post("/quiz/developer/begin/")
    response = client.post("/quiz/developer/1/", {"question": question.pk, "answer": retired.pk})
    assert response.status_code == 400


def test_a_stranger_cannot_answer_the_owners_walk(attempt, answer, stranger):
    response = answer(attempt, 1, by=stranger)
    assert response.url == "/quiz/developer/"
    assert not Choice.objects.exists()


def test_a_stranger_on_their_own_walk_leaves_the_owners_alone(attempt, answer, stranger, browser_of):
    browser_of(stranger).post("/quiz/developer/begin/")
    answer(attempt, 1, by=stranger)
    assert not attempt.choices.exists()


def test_a_forged_cookie_is_nobody(attempt, client):
    client.cookies["visitor"] = f"{attempt.visitor_id}:forged:signature"
    assert client.get("/quiz/developer/1/").url == "/quiz/developer/"


def test_an_answer_needs_the_csrf_token(attempt, owner, browser_of):
    client = browser_of(owner)
    client.handler.enforce_csrf_checks = True
    response = client.post("/quiz/developer/1/", {"question": "1", "answer": "1"})
    assert response.status_code == 403
    assert "새로고침" in response.content.decode()
