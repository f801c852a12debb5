"""Curators see how versions stand in thumbs, and which of them may train."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from personas.curation.roles import curators
from personas.thumbs.models import Thumb
from personas.thumbs.services import thumb_explain, thumbs_judge

pytestmark = pytest.mark.django_db

LIST = "/admin/thumbs/thumb/"


@pytest.fixture
def judge(client) -> User:
    """A curator with the rights of their role, logged in."""
    user = User.objects.create_user("judge", is_staff=True)
    user.groups.add(curators())
    client.force_login(user)
    return user


def decide(client, action, *thumbs):
    chosen = {"action": action, "_selected_action": [thumb.pk for thumb in thumbs]}
    return client.post(LIST, chosen, follow=True).content.decode()


def test_versions_are_counted_with_an_interval(client, judge, make_thumb, owner):
    for direction in ("up", "up", "up", "down"):
        make_thumb(owner, direction)
    page = client.get(LIST).content.decode()
    row = re.search(r"sora@v1</a></td>(.*?)</tr>", page, re.S).group(1)
    assert re.findall(r">([^<]+)</td>", row)[:3] == ["3", "1", "75 % (30–95)"]


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


def test_thumbs_are_approved_and_the_history_says_by_whom(client, judge, make_thumb, owner):
    thumb, other = make_thumb(owner, status="pending"), make_thumb(owner, status="pending")
    assert "엄지 1개를 ‘승인’ 상태로" in decide(client, "approve", thumb)
    thumb.refresh_from_db()
    other.refresh_from_db()
    assert (thumb.status, thumb.reviewed_by, other.status) == ("approved", judge, "pending")
    assert [line.history_user for line in thumb.history.filter(history_type="~")][:1] == [judge]


def test_a_judgement_can_be_taken_back(client, judge, make_thumb, owner):
    thumb = make_thumb(owner)
    decide(client, "reopen", thumb)
    thumb.refresh_from_db()
    assert (thumb.status, thumb.reviewed_by, thumb.reviewed_at) == ("pending", None, None)


def test_judging_what_is_so_already_changes_nothing(judge, make_thumb, owner):
    thumb = make_thumb(owner)
    assert thumbs_judge(thumbs=[thumb.pk], status="approved", by=judge) == 0


def test_the_page_of_a_thumb_shows_talk_reply_and_reasons_and_no_visitor(client, judge, make_thumb, owner):
    thumb = make_thumb(owner, "down", text="물 마셔. 010-1234-5678")
    thumb_explain(thumb=thumb, reasons=["off_topic"])
    page = client.get(f"{LIST}{thumb.pk}/change/").content.decode()
    assert "질문 1" in page and "물 마셔" in page and "엉뚱한 말이에요" in page
    assert "<b>개인정보</b> · 전화번호" in page
    assert str(owner.pk) not in page and str(owner.pk)[:8] not in page
    assert "별로예요" in page and "&#x27;down&#x27;" not in page
    assert 'name="_save"' not in page


def test_its_history_is_there_to_read(client, judge, make_thumb, owner):
    thumb = make_thumb(owner, status="pending")
    decide(client, "approve", thumb)
    page = client.get(f"{LIST}{thumb.pk}/history/")
    assert page.status_code == 200 and str(owner.pk)[:8] not in page.content.decode()


def test_staff_without_the_role_see_no_thumbs(client, curator, make_thumb, owner):
    make_thumb(owner)
    client.force_login(curator)
    assert client.get(LIST).status_code == 403
    decide(client, "approve", *Thumb.objects.all())
