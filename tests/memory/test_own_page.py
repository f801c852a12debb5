"""What is known stands on /privacy/ and in the download, to be erased one by one and all together."""

import json
import re

import pytest

from personas.memory.models import KnownFact
from personas.memory.selectors import facts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(talk, say, owner):
    """An owner who told three things."""
    for text in ("나 지민이야", "우리 강아지 이름은 콩이야", "나 12월 25일에 여행 가"):
        say(talk, text)


@pytest.mark.usefixtures("known")
def test_the_page_shows_all_of_it_to_its_owner_alone(owner, stranger, visit):
    page = visit(owner).get("/privacy/").content.decode()
    shown = re.findall(r'<span class="known__value">(.*?)</span>', page)
    assert [re.sub("<.*?>", "", value) for value in shown] == ["지민", "강아지 콩이", "12월 25일 여행"]
    assert "known__value" not in visit(stranger).get("/privacy/").content.decode()


@pytest.mark.usefixtures("known")
def test_one_thing_is_erased(owner, visit):
    pet = KnownFact.objects.get(kind="pet")
    page = visit(owner).post(f"/privacy/facts/{pet.pk}/erase/", follow=True).content.decode()
    assert "잊었어요." in page and "강아지 콩이" not in page and "지민" in page


@pytest.mark.usefixtures("known")
def test_everything_is_erased_at_once_and_the_talk_stays(owner, visit, talk):
    page = visit(owner).post("/privacy/facts/erase/", follow=True).content.decode()
    assert "모두 잊었어요." in page and "known__value" not in page
    assert facts_of(owner) == {} and talk.turns.count() == 3


@pytest.mark.usefixtures("known")
def test_nobody_erases_what_is_anothers(owner, stranger, visit, client):
    fact = KnownFact.objects.first()
    assert visit(stranger).post(f"/privacy/facts/{fact.pk}/erase/").status_code == 404
    visit(stranger).post("/privacy/facts/erase/")
    client.cookies.clear()
    assert client.post(f"/privacy/facts/{fact.pk}/erase/").status_code == 404
    assert client.post("/privacy/facts/erase/").status_code == 302
    assert KnownFact.objects.filter(visitor=owner).count() == 3


@pytest.mark.usefixtures("known")
def test_looking_at_the_address_erases_nothing(owner, visit):
    assert visit(owner).get("/privacy/facts/erase/").status_code == 405
    assert KnownFact.objects.count() == 3


@pytest.mark.usefixtures("known")
def test_the_download_holds_it_for_its_owner_alone(owner, stranger, visit):
    mine = json.loads(visit(owner).get("/privacy/download/").content)["known_facts"]
    assert [(fact["what"], fact["value"]) for fact in mine] == [
        ("이름", "지민"),
        ("반려동물", "강아지 콩이"),
        ("일정", "여행"),
    ]
    assert mine[2]["day"].endswith("-12-25") and mine[0]["noted_at"]
    assert json.loads(visit(stranger).get("/privacy/download/").content)["known_facts"] == []


@pytest.mark.usefixtures("known")
def test_it_is_gone_with_the_visitor(owner, visit):
    visit(owner).post("/privacy/delete/")
    assert not KnownFact.objects.exists()


def test_privacy_and_about_say_what_is_kept_and_how_it_is_found(client, db):
    assert "정해진 꼴의 문장에서 낱말만 규칙으로 찾아" in client.get("/privacy/").content.decode()
    assert "정해진 꼴의 문장에서 낱말 몇 개만 찾아" in client.get("/about/").content.decode()
