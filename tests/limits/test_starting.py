"""Things that stay can be begun only so often from one address, with or without cookies."""

import pytest
from django.core.management import call_command

from config.visitors import COOKIE
from personas.chat.models import Conversation
from personas.chat.services import turn_send
from personas.privacy.models import Visitor
from personas.sharing.models import SharedLink
from quiz.models import Attempt
from tests.replies import finish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]


@pytest.fixture
def one_an_hour(settings) -> None:
    settings.ADDRESS_STARTS_AN_HOUR = 1


@pytest.mark.usefixtures("one_an_hour", "personas")
def test_a_newcomer_too_many_gets_a_page_that_says_when(client):
    assert client.get("/chat/egen/").status_code == 200
    client.cookies.clear()
    answer = client.get("/chat/egen/")
    assert answer.status_code == 429
    assert "분 뒤에 다시 와 주세요" in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert COOKIE not in answer.cookies
    assert Visitor.objects.count() == Conversation.objects.count() == 1


@pytest.mark.usefixtures("one_an_hour", "personas")
def test_who_has_a_conversation_comes_back_as_often_as_they_like(client):
    assert [client.get("/chat/egen/").status_code for _ in range(4)] == [200] * 4


@pytest.mark.usefixtures("one_an_hour")
def test_a_new_conversation_too_many(conversation, owner, visit):
    finish(turn_send(conversation=conversation, text="안녕").replies.get())
    browser = visit(owner)
    assert browser.post("/chat/egen/").status_code == 302
    finish(turn_send(conversation=Conversation.objects.latest("created_at"), text="안녕").replies.get())
    assert browser.post("/chat/egen/").status_code == 429
    assert Conversation.objects.count() == 2


@pytest.mark.usefixtures("one_an_hour")
def test_tests_begun(client):
    call_command("load_quizzes", verbosity=0)
    assert client.post("/quiz/developer/begin/").status_code == 302
    client.cookies.clear()
    assert client.post("/quiz/developer/begin/").status_code == 429
    assert Attempt.objects.count() == 1


@pytest.mark.usefixtures("one_an_hour")
def test_links_made(conversation, owner, visit):
    finish(turn_send(conversation=conversation, text="안녕").replies.get())
    browser = visit(owner)
    browser.post(f"/chats/{conversation.pk}/share/")
    answer = browser.post(f"/chats/{conversation.pk}/share/", follow=True)
    assert "분 뒤에 다시 해 주세요" in answer.content.decode()
    assert SharedLink.objects.count() == 1


@pytest.mark.usefixtures("one_an_hour", "personas")
def test_another_address_is_not_held_back(client, owner, egen):
    client.get("/chat/egen/")
    client.cookies.clear()
    assert client.get("/chat/egen/", REMOTE_ADDR="203.0.113.7").status_code == 200


@pytest.mark.usefixtures("one_an_hour", "personas")
def test_no_header_of_a_visitors_own_makes_another_address(client):
    client.get("/chat/egen/")
    client.cookies.clear()
    headers = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7", "X-Real-IP": "203.0.113.7"}
    assert client.get("/chat/egen/", headers=headers).status_code == 429
