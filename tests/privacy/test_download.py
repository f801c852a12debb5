"""One's own data in one file: all of it, and nothing of anybody else's."""

import json

import pytest
from django.core.management import call_command

from config.visitors import COOKIE
from personas.chat.services import conversation_start, turn_send
from personas.privacy.models import Visitor
from personas.privacy.services import consent_give
from personas.sharing.services import link_make
from personas.voting.services import comparison_open, vote_cast
from quiz.models import Quiz
from quiz.services import answer_record, attempt_start
from tests.replies import finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(redis_server, owner, egen):
    """An owner who took a test, talked, shared, voted and consented."""
    call_command("load_quizzes", verbosity=0)
    attempt = attempt_start(quiz=Quiz.objects.get(slug="developer"), visitor_id=owner.pk)
    for question, answers in attempt.order:
        answer_record(attempt=attempt, question_id=question, answer_id=answers[0])
    consent_give(visitor=owner)
    talk = conversation_start(visitor=owner, persona=egen)
    first = finish(turn_send(conversation=talk, text="오늘 배포하다 장애 냈어").replies.get(), "헉, 장애라니")
    link_make(conversation=talk)
    comparison = comparison_open(reply=first)
    finish(comparison.turn.replies.exclude(pk=first.pk).get(), "로그부터 볼까?")
    comparison.refresh_from_db()
    vote_cast(comparison=comparison, visitor=owner, choice="a")


@pytest.mark.usefixtures("lived")
def test_the_file_holds_all_that_the_owner_left_here(owner, visit):
    answer = visit(owner).get("/privacy/download/")
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    kept = json.loads(answer.content)
    [test], [talk], [vote] = kept["tests"], kept["conversations"], kept["votes"]
    assert len(test["answers"]) == 12 and test["result"]["egen_percent"] is not None
    assert talk["messages"][0]["text"] == "오늘 배포하다 장애 냈어" and len(talk["links"]) == 1
    assert {reply["text"] for reply in talk["messages"][0]["replies"]} == {"헉, 장애라니", "로그부터 볼까?"}
    assert vote["choice"] == "A가 좋아요" and {vote["a"], vote["b"]} == {"헉, 장애라니", "로그부터 볼까?"}
    assert kept["training_consent_since"]


@pytest.mark.usefixtures("lived")
def test_a_stranger_gets_nothing_of_it(stranger, visit):
    kept = json.loads(visit(stranger).get("/privacy/download/").content)
    nothing = dict.fromkeys(("tests", "known_facts", "conversations", "votes", "thumbs"), [])
    assert kept == {"training_consent_since": None, **nothing}


def test_who_never_was_here_gets_an_empty_file_and_no_cookie(client):
    answer = client.get("/privacy/download/")
    assert json.loads(answer.content)["conversations"] == []
    assert COOKIE not in answer.cookies and not Visitor.objects.exists()


@pytest.mark.usefixtures("lived")
def test_the_page_offers_the_file_to_who_has_something(owner, stranger, visit):
    assert 'href="/privacy/download/"' in visit(owner).get("/privacy/").content.decode()
    assert 'href="/privacy/download/"' not in visit(stranger).get("/privacy/").content.decode()
