"""The list of one's conversations: titles, opening an older one, renaming, deleting."""

import uuid

import pytest
from django.urls import reverse

from config.visitors import COOKIE
from personas.chat import errors
from personas.chat.models import Conversation, Reply
from personas.chat.reply_lifecycle import reply_finish, reply_start
from personas.chat.services import conversation_delete, conversation_rename, conversation_start, turn_send
from personas.curation.models import PreferencePair
from personas.privacy.models import Visitor
from personas.voting.models import Vote
from personas.voting.services import comparison_open, vote_cast
from tests.replies import finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(reply: Reply, conversation: Conversation) -> Conversation:
    """A conversation with one message and its answer."""
    finish(reply, "헉, 괜찮아?")
    return conversation


def listed(browser) -> str:
    return browser.get("/chats/").content.decode()


def test_the_first_message_becomes_the_title_and_later_ones_do_not(talk):
    turn_send(conversation=talk, text="응, 괜찮아")
    assert talk.title == "오늘 배포하다 장애 냈어"


def test_a_long_first_message_is_cut_for_the_title(conversation):
    turn_send(conversation=conversation, text="가나다\n" + "라" * 200)
    assert conversation.title.startswith("가나다 라라")
    assert (len(conversation.title), conversation.title[-1]) == (40, "…")


def test_a_title_can_be_changed(talk, owner, visit):
    visit(owner).post(reverse("conversation-rename", args=[talk.pk]), {"title": "  장애 <b>난</b>\n날 "})
    talk.refresh_from_db()
    assert talk.title == "장애 <b>난</b> 날"
    assert "장애 &lt;b&gt;난&lt;/b&gt; 날" in listed(visit(owner))


@pytest.mark.parametrize("title", ["", "  \n", "\x00", "가" * 81])
def test_an_empty_or_endless_title_is_refused(talk, title):
    with pytest.raises(errors.TitleInvalid):
        conversation_rename(conversation=talk, title=title)


def test_a_refused_title_is_said_on_the_page(talk, owner, visit):
    answer = visit(owner).post(reverse("conversation-rename", args=[talk.pk]), {"title": ""}, follow=True)
    assert "제목은 한 글자부터 80자까지" in answer.content.decode()


def test_the_conversation_last_spoken_in_comes_first_and_empty_ones_are_left_out(talk, owner, egen, visit):
    later = conversation_start(visitor=owner, persona=egen)
    turn_send(conversation=later, text="나중에 시작한 얘기")
    conversation_start(visitor=owner, persona=egen)
    turn_send(conversation=talk, text="아까 그 얘기 말인데")
    page = listed(visit(owner))
    assert page.count('class="conversation__title"') == 2
    assert page.index("오늘 배포하다") < page.index("나중에 시작한")


def test_the_chat_page_opens_the_conversation_last_spoken_in(talk, owner, egen, visit):
    turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="나중에 시작한 얘기")
    turn_send(conversation=talk, text="아까 그 얘기 말인데")
    assert f"/ws/chat/{talk.pk}/" in visit(owner).get("/chat/egen/").content.decode()


def test_an_older_conversation_opens_where_it_was_left(talk, owner, egen, visit):
    turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="나중에 시작한 얘기")
    page = visit(owner).get(talk.get_absolute_url()).content.decode()
    assert "헉, 괜찮아?" in page and f"/ws/chat/{talk.pk}/" in page


def test_someone_without_a_cookie_sees_an_empty_list_and_gets_none(client, talk):
    answer = client.get("/chats/")
    assert "아직 나눈 얘기가 없어요" in answer.content.decode()
    assert COOKIE not in answer.cookies and Visitor.objects.count() == 1


def test_a_stranger_can_neither_see_nor_open_nor_rename_nor_delete(talk, stranger, visit):
    browser = visit(stranger)
    assert "오늘 배포하다" not in listed(browser)
    assert browser.get(talk.get_absolute_url()).status_code == 404
    for name in ("conversation-rename", "conversation-delete"):
        assert browser.post(reverse(name, args=[talk.pk]), {"title": "내 거"}).status_code == 404
    assert Conversation.objects.get().title == "오늘 배포하다 장애 냈어"


def test_a_conversation_that_does_not_exist_looks_like_a_strangers(owner, visit):
    assert visit(owner).get(reverse("conversation", args=[uuid.uuid4()])).status_code == 404


def test_looking_at_the_address_for_deleting_deletes_nothing(talk, owner, visit):
    assert visit(owner).get(reverse("conversation-delete", args=[talk.pk])).status_code == 405
    assert Conversation.objects.exists()


def test_deleting_takes_the_votes_and_their_pairs_with_every_earlier_wording(talk, owner, friend, egen):
    for visitor, conversation in ((owner, talk), (friend, conversation_start(visitor=friend, persona=egen))):
        turn = turn_send(conversation=conversation, text="살 빼고 싶어")
        first = turn.replies.get()
        finish(first, "산책부터 해볼까~")
        comparison = comparison_open(reply=first)
        finish(turn.replies.exclude(pk=first.pk).get(), "대단해!")
        comparison.refresh_from_db()
        vote_cast(comparison=comparison, visitor=visitor, choice="a")
    conversation_delete(conversation=talk)
    assert [vote.visitor for vote in Vote.objects.all()] == [friend]
    assert [pair.visitor for pair in PreferencePair.objects.all()] == [friend]
    assert [entry.visitor for entry in PreferencePair.history.all()] == [friend]


def test_a_reply_whose_conversation_was_deleted_has_nowhere_to_end(reply, conversation):
    reply_start(reply_id=str(reply.pk), attempt=1)
    conversation_delete(conversation=conversation)
    assert not reply_finish(reply_id=str(reply.pk), attempt=1, text="늦었네", status="done", tokens=1)


def test_a_closed_persona_is_still_read_but_not_spoken_to(talk, owner, egen, visit):
    egen.is_active = False
    egen.save()
    assert visit(owner).get(talk.get_absolute_url()).status_code == 200
    with pytest.raises(errors.PersonaClosed):
        turn_send(conversation=Conversation.objects.get(pk=talk.pk), text="안녕")
