"""Consent is asked for in the same words wherever it is asked, with the age that it needs."""

import pytest
from django.urls import reverse
from django.utils import translation

from personas.voting.services import comparison_open
from tests.replies import finish

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "만 14세 이상이고, 내 투표와 대화를 페르소나 학습에 써도 좋아요"


@pytest.fixture
def pages(talked, conversation, page_of_owner):
    """The privacy page, and a vote."""
    compared = comparison_open(reply=talked)
    finish(compared.turn.replies.exclude(pk=talked.pk).get(), "다른 답")
    return [
        page_of_owner.get(address).content.decode() for address in (reverse("privacy"), conversation.get_absolute_url())
    ]


def test_both_pages_say_it_with_the_age(pages):
    assert all(WORDS in page for page in pages)


def test_nowhere_stands_another_wording(pages):
    assert all(page.count("페르소나 학습에 써도 좋아요") == page.count(WORDS) for page in pages)


def test_a_thumb_with_reasons_says_the_same(talked, conversation, page_of_owner):
    page_of_owner.post(reverse("thumb", args=[talked.pk]), {"direction": "up"})
    assert WORDS in page_of_owner.get(conversation.get_absolute_url()).content.decode()


def test_english_says_it_too(talked):
    with translation.override("en"):
        assert "14 or older" in translation.gettext(WORDS)
