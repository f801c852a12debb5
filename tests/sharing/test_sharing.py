"""A link by which others read a conversation as it was: made on request, masked, and taken back."""

import pytest
from django.urls import reverse

from config.visitors import COOKIE
from personas.chat.leafing import reply_show
from personas.chat.models import Conversation, Reply
from personas.chat.services import conversation_delete, conversation_start, reply_retry, turn_send
from personas.privacy.services import visitor_delete
from personas.sharing.errors import NothingToShare
from personas.sharing.models import SharedLink
from personas.sharing.services import link_make, link_revoke
from tests.replies import finish

pytestmark = pytest.mark.django_db


def say(conversation: Conversation, text: str, answer: str) -> Reply:
    return finish(turn_send(conversation=conversation, text=text).replies.get(), answer)


@pytest.fixture
def talk(owner, egen) -> Conversation:
    """A conversation with something personal in it."""
    conversation = conversation_start(visitor=owner, persona=egen)
    say(conversation, "내 번호 010-1234-5678이야", "010-1234-5678, 적어 뒀어~")
    return conversation


def read(client, link: SharedLink) -> str:
    answer = client.get(link.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_whoever_has_the_link_reads_the_masked_conversation_and_gets_no_cookie(talk, client):
    link = link_make(conversation=talk)
    page = read(client, link)
    assert "내 번호 [전화번호]이야" in page and "[전화번호], 적어 뒀어~" in page
    assert "5678" not in page and "AI가 쓴 답이에요" in page
    assert COOKIE not in client.cookies


def test_the_database_keeps_no_unmasked_copy_in_the_link(talk):
    link = link_make(conversation=talk)
    assert "5678" not in f"{link.title} {link.exchanges}"


@pytest.mark.parametrize("at", range(18, 42, 2))
def test_a_title_is_masked_before_it_is_cut(owner, egen, at):
    talk = conversation_start(visitor=owner, persona=egen)
    before = "주말에는 친구랑 영화를 보고 카페에서 커피를 마시면서 책을 읽었어 재밌었어"[:at]
    say(talk, f"{before} 010-9876-5432 카페 번호야", "그래")
    title = link_make(conversation=talk).title
    assert not any(digit in title for digit in "0123456789")


def test_a_title_of_ones_own_is_masked_too(talk):
    talk.title = "010-1234-5678 이야기"
    talk.save()
    assert link_make(conversation=talk).title == "[전화번호] 이야기"


def test_what_is_said_later_is_not_behind_the_link(talk, client):
    link = link_make(conversation=talk)
    say(talk, "이건 우리끼리 비밀", "쉿")
    page = read(client, link)
    assert "비밀" not in page and "쉿" not in page


def test_only_the_path_that_is_shown_is_shared(talk, client):
    first = talk.turns.get().replies.get()
    finish(reply_retry(reply=Reply.objects.get(pk=first.pk)), "다시 쓴 답")
    reply_show(reply=Reply.objects.get(pk=first.pk))
    page = read(client, link_make(conversation=Conversation.objects.get(pk=talk.pk)))
    assert "적어 뒀어" in page and "다시 쓴 답" not in page


def test_a_reply_that_is_being_written_is_left_out(talk, client):
    turn_send(conversation=talk, text="하나 더")
    link = link_make(conversation=talk)
    assert link.exchanges[-1] == {"said": "하나 더", "reply": ""}


def test_what_was_said_stays_text_on_the_shared_page(owner, egen, client):
    conversation = conversation_start(visitor=owner, persona=egen)
    say(conversation, "<script>alert(1)</script>", "<img src=x>")
    page = read(client, link_make(conversation=conversation))
    assert "<script>alert" not in page and "<img" not in page


def test_a_revoked_link_says_so_and_its_words_are_gone(talk, client):
    link = link_make(conversation=talk)
    link_revoke(conversation=talk)
    answer = client.get(link.get_absolute_url())
    assert answer.status_code == 410
    assert "거둬 간 대화예요" in answer.content.decode()
    link.refresh_from_db()
    assert (link.title, link.exchanges) == ("", [])


def test_an_unknown_link_is_not_found(client, db):
    assert client.get(reverse("shared", args=["nobody-made-this-one"])).status_code == 404


def test_search_engines_are_told_to_stay_away_and_caches_to_keep_nothing(talk, client):
    link = link_make(conversation=talk)
    for _ in ("open", "revoked"):
        answer = client.get(link.get_absolute_url())
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in answer["Cache-Control"]
        assert 'name="robots" content="noindex' in answer.content.decode()
        link_revoke(conversation=talk)


def test_what_messengers_keep_of_the_page_says_nothing_of_the_conversation(talk, client):
    head = read(client, link_make(conversation=talk)).split("</head>")[0]
    assert "번호" not in head


def test_sharing_again_makes_a_new_address_and_closes_the_old(talk, client):
    old = link_make(conversation=talk)
    say(talk, "그리고 또", "응응")
    new = link_make(conversation=talk)
    assert client.get(old.get_absolute_url()).status_code == 410
    assert "그리고 또" in read(client, new)
    assert talk.shared_links.filter(revoked_at=None).count() == 1


def test_an_empty_conversation_has_nothing_to_share(owner, egen):
    with pytest.raises(NothingToShare):
        link_make(conversation=conversation_start(visitor=owner, persona=egen))


@pytest.mark.parametrize("leaves", ["the conversation", "the visitor"])
def test_a_link_goes_with_what_it_shows(talk, owner, client, leaves):
    link = link_make(conversation=talk)
    conversation_delete(conversation=talk) if leaves == "the conversation" else visitor_delete(visitor_id=owner.pk)
    assert client.get(link.get_absolute_url()).status_code == 404
    assert not SharedLink.objects.exists()


def test_the_owner_sees_what_others_would_see_makes_the_link_and_takes_it_back(talk, owner, visit):
    browser, address = visit(owner), reverse("share", args=[talk.pk])
    page = browser.get(address).content.decode()
    assert "[전화번호]" in page and "링크 만들기" in page
    assert not SharedLink.objects.exists(), "looking shares nothing"
    page = browser.post(address, follow=True).content.decode()
    assert f"http://testserver{SharedLink.objects.get().get_absolute_url()}" in page
    assert "나누는 중" in browser.get("/chats/").content.decode()
    page = browser.post(reverse("share-revoke", args=[talk.pk]), follow=True).content.decode()
    assert "이제 아무도 열 수 없어요" in page and "링크 만들기" in page
    assert "나누는 중" not in browser.get("/chats/").content.decode()


def test_a_new_link_is_offered_once_the_conversation_has_moved_on(talk, owner, visit):
    link_make(conversation=talk)
    browser, address = visit(owner), reverse("share", args=[talk.pk])
    assert "새 링크 만들기" not in browser.get(address).content.decode()
    say(talk, "그리고 또", "응응")
    assert "새 링크 만들기" in browser.get(address).content.decode()


def test_a_stranger_can_neither_look_nor_share_nor_revoke(talk, stranger, visit):
    link_make(conversation=talk)
    browser = visit(stranger)
    assert browser.get(reverse("share", args=[talk.pk])).status_code == 404
    assert browser.post(reverse("share", args=[talk.pk])).status_code == 404
    assert browser.post(reverse("share-revoke", args=[talk.pk])).status_code == 404
    assert SharedLink.objects.filter(revoked_at=None).count() == 1
