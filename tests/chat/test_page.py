"""The chat page as the browser opens it."""

import re

import pytest

from personas.chat.models import Conversation
from personas.chat.services import turn_send
from tests.replies import finish

pytestmark = pytest.mark.django_db


def test_the_first_visit_begins_a_conversation_and_the_next_finds_it(client, egen):
    assert client.get("/chat/egen/").status_code == 200
    assert client.get("/chat/egen/").status_code == 200
    assert Conversation.objects.count() == 1


def test_an_empty_conversation_offers_first_words_and_says_that_an_ai_answers(client, egen):
    page = client.get("/chat/egen/").content.decode()
    assert "AI가 쓴 답이에요" in page
    assert all(starter in page for starter in egen.starters)


def test_a_new_conversation_begins_only_when_the_last_has_words(owner, visit, conversation):
    browser = visit(owner)
    browser.post("/chat/egen/")
    assert Conversation.objects.count() == 1
    turn_send(conversation=conversation, text="안녕")
    assert browser.post("/chat/egen/").status_code == 302
    assert Conversation.objects.count() == 2
    assert "안녕</p>" not in browser.get("/chat/egen/").content.decode()


def test_the_log_is_there_before_any_script_runs(owner, visit, conversation):
    reply = turn_send(conversation=conversation, text="<b>안녕</b>").replies.get()
    finish(reply, "<script>x</script>")
    page = visit(owner).get("/chat/egen/").content.decode()
    assert "&lt;b&gt;안녕&lt;/b&gt;" in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page


def test_a_stranger_sees_their_own_empty_page(stranger, visit, conversation):
    turn_send(conversation=conversation, text="우리끼리 비밀")
    assert "우리끼리 비밀" not in visit(stranger).get("/chat/egen/").content.decode()


def test_a_closed_or_unknown_persona_is_not_found(client, egen):
    egen.is_active = False
    egen.save()
    assert client.get("/chat/egen/").status_code == client.get("/chat/nobody/").status_code == 404


def test_phones_show_a_key_for_sending(client, egen):
    assert 'enterkeyhint="send"' in client.get("/chat/egen/").content.decode()


def test_an_empty_talk_invites_without_starters_too(client, sora):
    assert "무슨 말이든 먼저 건네 보세요." in client.get("/chat/sora/").content.decode()


def test_the_log_itself_is_silent_and_one_place_speaks(client, egen):
    page = client.get("/chat/egen/").content.decode()
    assert re.search(r'role="log"[^>]*aria-live="off"', page)
    assert page.count('aria-live="polite"') == 1
