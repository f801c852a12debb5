"""Curators see how versions stand in thumbs, which of them may train, and what is flagged."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from personas.thumbs.models import Thumb
from personas.thumbs.services import thumb_explain

pytestmark = pytest.mark.django_db

LIST = "/admin/thumbs/thumb/"


def test_versions_are_counted_with_an_interval(client, judge, make_thumb, owner):
    for direction in ("up", "up", "up", "down"):
        make_thumb(owner, direction)
    page = client.get(LIST).content.decode()
    row = re.search(r"sora@v1</a></td>(.*?)</tr>", page, re.S).group(1)
    assert re.findall(r">([^<]+)</td>", row)[:3] == ["3", "1", "75% (30–95)"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"좋은 답", "나쁜 답"}),
        ("?direction__exact=up", {"좋은 답"}),
        ("?status__exact=approved", {"나쁜 답"}),
        ("?trainable=yes", {"나쁜 답"}),
        ("?trainable=no", {"좋은 답"}),
        ("?q=나쁜", {"나쁜 답"}),
    ],
)
def test_the_list_can_be_narrowed_down(client, judge, make_thumb, owner, consenting, friend, query, found):
    make_thumb(friend, "up", "pending", "좋은 답")
    make_thumb(consenting, "down", "approved", "나쁜 답")
    page = client.get(LIST + query).content.decode()
    assert {text for text in ("좋은 답", "나쁜 답") if f">{text}</span>" in page} == found


@pytest.mark.parametrize(
    ("query", "found"),
    [("?flag=identity", {"난 사람이야"}), ("?flag=personal", {"010-1234-5678이야"}), ("?flag=none", {"좋은 답"})],
)
def test_the_list_shows_flags_and_is_narrowed_down_to_them(client, judge, make_thumb, owner, query, found):
    for text in ("난 사람이야", "010-1234-5678이야", "좋은 답"):
        make_thumb(owner, text=text)
    page = client.get(LIST + query).content.decode()
    assert {text for text in ("난 사람이야", "010-1234-5678이야", "좋은 답") if f">{text}</span>" in page} == found
    assert ('class="flag flag--identity"' in page) == ("난 사람이야" in found)


def test_only_flags_that_a_single_reply_can_have_are_offered(client, judge, make_thumb, owner):
    make_thumb(owner)
    page = client.get(LIST).content.decode()
    assert 'value="toxic"' in page and 'value="voting"' in page
    assert 'value="length"' not in page and 'value="duplicate"' not in page


def test_flags_cost_a_long_list_no_further_questions(client, judge, make_thumb, owner, django_assert_max_num_queries):
    make_thumb(owner, text="난 사람이야")
    with CaptureQueriesContext(connection) as short:
        client.get(LIST)
    for _ in range(5):
        make_thumb(owner, text="난 사람이야")
    with django_assert_max_num_queries(len(short)):
        client.get(LIST)


def test_what_waits_comes_first(client, judge, make_thumb, owner):
    for status, text in (("pending", "기다리는 답"), ("approved", "승인된 답"), ("rejected", "거절된 답")):
        make_thumb(owner, status=status, text=text)
    page = client.get(LIST).content.decode()
    assert page.index("기다리는 답") < min(page.index("승인된 답"), page.index("거절된 답"))


def test_one_that_cannot_train_says_so(client, judge, make_thumb, owner):
    make_thumb(owner)
    assert '<span class="thumb-note">학습에 쓸 수 없음</span>' in client.get(LIST).content.decode()
    owner.training_consent_at = timezone.now()
    owner.save()
    assert "학습에 쓸 수 없음" not in client.get(LIST).content.decode()


def test_the_page_of_a_thumb_shows_talk_reply_and_reasons_and_no_visitor(client, judge, make_thumb, owner):
    thumb = make_thumb(owner, "down", text="물 마셔. 010-1234-5678")
    thumb_explain(thumb=thumb, reasons=["off_topic"])
    page = client.get(f"{LIST}{thumb.pk}/change/").content.decode()
    assert "질문 1" in page and "물 마셔" in page and "엉뚱한 말이에요" in page
    assert "<b>개인정보</b> · 전화번호" in page
    assert str(owner.pk) not in page and str(owner.pk)[:8] not in page
    assert "별로예요" in page and "&#x27;down&#x27;" not in page
    assert 'name="_save"' not in page


def test_staff_without_the_role_see_no_thumbs(client, curator, make_thumb, owner):
    make_thumb(owner)
    client.force_login(curator)
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{Thumb.objects.get().pk}/change/").status_code == 403
