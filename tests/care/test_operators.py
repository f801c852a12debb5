"""Operators change numbers in one place, and see how often it came to that, without a word of it."""

import pytest
from django.urls import reverse

from personas.care.models import CareCount, Helpline
from personas.chat.services import turn_send
from personas.morning.summary import morning_summary
from tests.care.conftest import DANGER

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_number_changed_by_an_operator_is_said_and_shown(conversation, page_of_owner):
    Helpline.objects.update_or_create(key="suicide", defaults={"number": "1577", "name": "새 전화", "name_en": "New"})
    text = turn_send(conversation=conversation, text=DANGER).replies.get().text
    page = page_of_owner.get(conversation.get_absolute_url()).content.decode()
    assert "1577(새 전화)" in text and "109" not in text and 'href="tel:1577"' in page


def test_it_is_counted_by_day_and_kind_without_words(cared, conversation, client):
    turn_send(conversation=conversation, text=f"{DANGER} 진짜")
    turn_send(conversation=conversation, text="안녕")
    assert CareCount.objects.get().count == 2
    assert morning_summary().care == {"suicide": 2}
    page = client.get(reverse("metrics")).content.decode()
    assert 'egenteto_care_today{kind="suicide"} 2.0' in page and DANGER not in page


def test_about_says_that_it_is_no_counselling_and_whom_to_call(client):
    page = client.get(reverse("about")).content.decode()
    assert "상담하는 곳이 아니에요" in page and "인공지능기본법" in page and 'href="tel:109"' in page
