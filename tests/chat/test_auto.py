"""Whoever suits the message answers, by what stands before the reply alone, and the reply says who it is."""

import re

import pytest

from personas.chat import errors
from personas.chat.models import Conversation, Reply
from personas.chat.reply_lifecycle import reply_start
from personas.chat.services import auto_start, reply_retry, turn_send
from personas.curation.models import PreferencePair
from personas.registry.models import Persona
from personas.voting.services import comparison_open, vote_cast
from tests.replies import finish

pytestmark = pytest.mark.django_db

COMFORT = "오늘 너무 속상해서 혼자 울었어ㅠㅠ"
PUSH = "내일까지 끝내야 하는데 뭐부터 해야 돼? 순서 정해 줘"


@pytest.fixture
def auto(owner, personas) -> Conversation:
    """The owner's empty conversation with whoever suits."""
    return auto_start(visitor=owner)


def answer(conversation: Conversation, message: str) -> Reply:
    return finish(turn_send(conversation=conversation, text=message).replies.get(), "응.")


def speakers(conversation: Conversation) -> list[str]:
    return [reply.persona.slug for reply in Reply.objects.filter(turn__conversation=conversation)]


def test_comfort_comes_from_egen_and_a_push_from_teto(auto, egen, teto):
    for message, persona in ((COMFORT, egen), (PUSH, teto)):
        reply = answer(auto, message)
        assert (reply.persona, reply.adapters) == (persona, [[persona.champion_id, 1.0]])


def test_the_worker_writes_in_the_voice_of_whoever_answers(auto, teto):
    reply = turn_send(conversation=auto, text=PUSH).replies.get()
    job = reply_start(reply_id=str(reply.pk), attempt=1)
    assert (job.persona, job.style_prompt) == ("teto", teto.style_prompt)


def test_small_words_leave_the_speaker_as_it_is(auto):
    for message in (PUSH, "응", "ㅋㅋ", "고마워", COMFORT, "응", "ㅎㅎ"):
        answer(auto, message)
    assert speakers(auto) == ["teto"] * 4 + ["egen"] * 3


def test_a_reply_written_again_comes_from_the_same_one(auto):
    answer(auto, COMFORT)
    reply = answer(auto, PUSH)
    assert reply_retry(reply=reply).persona == reply.persona


def test_an_edited_message_is_looked_at_anew(auto):
    reply = answer(auto, COMFORT)
    edited = turn_send(conversation=auto, text=PUSH, edits=reply.turn)
    assert edited.replies.get().persona.slug == "teto"


def test_the_speaker_is_the_one_on_the_path_not_the_one_heard_last(auto):
    first = answer(auto, COMFORT)
    answer(auto, PUSH)
    again = turn_send(conversation=auto, text="그래", edits=first.turn.replies.get().next_turns.get())
    assert again.replies.get().persona.slug == "egen"


def test_both_sides_of_a_comparison_come_from_one_and_the_pick_teaches_that_one(auto, owner, teto):
    answer(auto, COMFORT)
    comparison = comparison_open(reply=answer(auto, PUSH))
    finish(comparison.turn.replies.get(status="queued"), "아니.")
    comparison.refresh_from_db()
    vote_cast(comparison=comparison, visitor=owner, choice="a")
    pair = PreferencePair.objects.get()
    assert (pair.persona, pair.chosen_version, pair.rejected_version) == (teto, teto.champion, teto.champion)


def test_each_reply_says_who_answers(auto, owner, visit):
    answer(auto, COMFORT)
    answer(auto, PUSH)
    page = visit(owner).get("/chat/auto/").content.decode()
    assert re.findall(r'class="reply__speaker">([^<]+)<', page) == ["에겐이", "테토"]
    assert re.findall(r'class="reply reply--(\w+)"', page) == ["egen", "teto"]


def test_a_shared_link_says_who_answered(auto, owner, visit, client):
    answer(auto, COMFORT)
    answer(auto, PUSH)
    visit(owner).post(f"/chats/{auto.pk}/share/")
    page = client.get(auto.shared_links.get().get_absolute_url()).content.decode()
    assert "에겐이: 응." in page and "테토: 응." in page


def test_the_page_begins_and_begins_again(owner, personas, visit):
    visit(owner).get("/chat/auto/")
    visit(owner).post("/chat/auto/")
    assert owner.conversations.count() == 1
    answer(owner.conversations.get(), COMFORT)
    page = visit(owner).post("/chat/auto/", follow=True).content.decode()
    assert owner.conversations.count() == 2 and COMFORT not in page


def test_it_needs_both_to_be_open(auto, owner, teto, visit):
    Persona.objects.filter(pk=teto.pk).update(is_active=False)
    with pytest.raises(errors.PersonaClosed):
        turn_send(conversation=auto, text=COMFORT)
    assert visit(owner).get("/chat/auto/").status_code == 200, "what was said can still be read"
    Conversation.objects.all().delete()
    assert visit(owner).get("/chat/auto/").status_code == 404


def test_a_small_word_of_a_persona_chat_stays_with_that_persona(conversation):
    assert answer(conversation, PUSH).persona.slug == "egen"
