"""What the privacy page says and does."""

import pytest

from config.visitors import COOKIE
from personas.chat.models import Conversation
from personas.chat.services import conversation_start, turn_send
from personas.privacy.models import Visitor
from personas.privacy.services import consent_give, consent_withdraw
from quiz.models import Attempt, Quiz

pytestmark = pytest.mark.django_db


def test_consent_is_off_by_default(owner):
    assert not owner.may_train


def test_consent_is_given_once_and_can_be_taken_back(owner):
    consent_give(visitor=owner)
    first_moment = owner.training_consent_at
    consent_give(visitor=owner)
    assert owner.training_consent_at == first_moment
    consent_withdraw(visitor=owner)
    assert not owner.may_train


def test_looking_makes_no_cookie(client):
    answer = client.get("/privacy/")
    assert answer.status_code == 200
    assert COOKIE not in answer.cookies
    assert not Visitor.objects.exists()


def test_the_page_gives_and_takes_consent(owner, visit):
    browser = visit(owner)
    assert "지금은 쓰지 않아요" in browser.get("/privacy/").content.decode()
    page = browser.post("/privacy/consent/", {"consent": "on"}, follow=True).content.decode()
    assert "지금은 허락한 상태예요" in page
    page = browser.post("/privacy/consent/", follow=True).content.decode()
    assert "지금은 쓰지 않아요" in page


def test_delete_takes_everything_of_the_visitor_and_nothing_of_others(owner, friend, egen, visit):
    for visitor in (owner, friend):
        turn_send(conversation=conversation_start(visitor=visitor, persona=egen), text="안녕")
    answer = visit(owner).post("/privacy/delete/")
    assert answer.cookies[COOKIE].value == ""
    assert list(Visitor.objects.all()) == [friend]
    assert Conversation.objects.get().visitor == friend


def test_delete_takes_test_results_too(owner, visit):
    quiz = Quiz.objects.create(slug="a-test", title="테스트", tagline="")
    Attempt.objects.create(quiz=quiz, visitor_id=owner.pk, order=[])
    assert "테스트 1번" in visit(owner).get("/privacy/").content.decode()
    visit(owner).post("/privacy/delete/")
    assert not Attempt.objects.exists()
