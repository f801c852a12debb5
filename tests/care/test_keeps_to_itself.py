"""What is said in care is not judged, shown to others, trained on, or kept for long."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from personas.arena.selectors import pair_to_show
from personas.care.models import Care, CareCount, CareTurn
from personas.care.services import words_forget
from personas.chat.errors import CareFirst
from personas.chat.services import arena_start, care_answer, turn_send
from personas.curation.models import PreferencePair
from personas.sharing.errors import NothingToShare
from personas.sharing.selectors import exchanges_to_share
from personas.sharing.services import link_make
from personas.thumbs.services import thumb_give
from personas.voting.models import Comparison
from personas.voting.services import vote_cast
from tests.care.conftest import DANGER
from tests.replies import finish

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_thumb(cared, owner):
    with pytest.raises(CareFirst):
        thumb_give(reply=cared.replies.get(), visitor=owner, direction="up")


def test_no_vote_even_where_two_answers_stand_there(talked, conversation, owner):
    turn = turn_send(conversation=conversation, text="오늘 급식 맛있었어")
    first = finish(turn.replies.get())
    second = finish(turn.replies.create(number=2, status="queued"), "다른 답")
    pair = Comparison.objects.create(turn=turn, reply_a=first, reply_b=second)
    CareTurn.objects.create(turn=turn, kind="suicide", who="self", acute="soon")
    with pytest.raises(CareFirst):
        vote_cast(comparison=pair, visitor=owner, choice="a")
    assert not PreferencePair.objects.exists()


def test_a_shared_link_leaves_it_out(talked, cared, conversation):
    assert [one["said"] for one in exchanges_to_share(conversation)] == ["오늘 급식 맛있었어"]


def test_nothing_is_shared_where_there_is_nothing_else(cared, conversation):
    with pytest.raises(NothingToShare):
        link_make(conversation=conversation)


def test_no_picture_of_the_arena(owner, egen, teto):
    turn = turn_send(conversation=arena_start(visitor=owner), text=DANGER)
    assert pair_to_show(turn) is None


def test_the_page_shows_numbers_to_tap_and_a_question_and_nothing_to_judge(cared, conversation, page_of_owner):
    page = page_of_owner.get(conversation.get_absolute_url()).content.decode()
    assert 'href="tel:109"' in page and 'href="tel:119"' in page and "이제 안전해요" in page
    for absent in ("다른 답 보기", "별로예요", "고쳐 쓰기"):
        assert absent not in page


def test_the_card_is_on_the_visitors_other_pages_and_goes_when_they_are_safe(cared, conversation, page_of_owner, teto):
    other = reverse("chat", args=["teto"])
    assert 'href="tel:109"' in page_of_owner.get(other).content.decode()
    care_answer(conversation=conversation, is_safe=True)
    assert "tel:109" not in page_of_owner.get(other).content.decode()


def test_its_words_are_deleted_in_time_and_the_talk_goes_on(talked, cared, conversation, page_of_owner, settings):
    CareTurn.objects.update(created_at=timezone.now() - timedelta(days=settings.CARE_KEPT_DAYS + 1))
    assert words_forget() == 1 and words_forget() == 0
    cared.refresh_from_db()
    assert cared.text == "" and cared.replies.get().text == ""
    page = page_of_owner.get(conversation.get_absolute_url()).content.decode()
    assert DANGER not in page and "오래되어 지운 말이에요" in page and "오늘 급식 맛있었어" in page


def test_younger_words_stay(cared):
    assert words_forget() == 0


def test_the_privacy_page_says_how_long(client, settings):
    settings.CARE_KEPT_DAYS = 12
    assert "12일" in client.get(reverse("privacy")).content.decode()


def test_who_deletes_everything_deletes_it_too(cared, owner):
    owner.delete()
    assert not Care.objects.exists() and not CareTurn.objects.exists()
    assert CareCount.objects.get().count == 1  # nobody's name, no words
