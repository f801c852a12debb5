"""The admin's page for reading a round: blind, one reply after the other, and a table once it is closed."""

import pytest

from personas.grading.dealing import numbers_for
from personas.grading.models import Grade, GradingRound
from personas.grading.services import grade_note, round_close

ROUNDS = "/admin/grading/gradinground/"
CONFIRMED = {"_form_submitted": "on"}


@pytest.fixture
def june(make_round) -> GradingRound:
    """An open round of two versions and a person."""
    return make_round("6월", {"sora@v1": 3, "try at 2e-3": 3, "written": 2}, seed=987_654_321)


@pytest.fixture
def kim(client, staff):
    """The curator's browser."""
    client.force_login(staff["kim"])
    return client


@pytest.fixture
def lee(client, staff):
    """The operator's browser."""
    client.force_login(staff["lee"])
    return client


def reading(june: GradingRound) -> str:
    return f"{ROUNDS}{june.pk}/read/"


def test_a_curator_reads_prompt_and_reply(kim, june):
    first = june.items.get(number=numbers_for(june, "kim")[0])
    page = kim.get(reading(june)).content.decode()
    assert first.messages[0]["content"] in page and f'data-item="{first.number}"' in page


def test_nothing_says_who_wrote_what_while_the_round_is_open(kim, june):
    june.items.update(reply="답")
    grade_note(grading_round=june, number=1, reader="kim", grade="good", in_style=True)
    for address in (reading(june), ROUNDS, f"{ROUNDS}{june.pk}/change/"):
        page = kim.get(address).content.decode()
        assert all(version not in page for version in ("sora@v", "2e-3", "written", "대조"))
        assert str(june.seed) not in page


def test_a_grade_is_answered_with_the_next_reply_without_javascript_too(kim, june):
    order = numbers_for(june, "kim")
    page = kim.post(reading(june), {"item": order[0], "grade": "partly"}, follow=True).content.decode()
    assert f'data-item="{order[0]}"' not in page and f'data-item="{order[1]}"' in page
    [kept] = Grade.objects.all()
    assert (kept.item.number, kept.reader, kept.grade, kept.in_style) == (order[0], "kim", "partly", False)


def test_a_script_gets_the_next_replies_alone(kim, june):
    order = numbers_for(june, "kim")
    grade = {"item": order[0], "grade": "good", "in_style": "true"}
    cards = kim.post(reading(june), grade, headers={"Accept": "application/json"}).json()["cards"]
    assert cards.startswith("<article") and f'data-item="{order[1]}"' in cards
    assert Grade.objects.get().in_style


def test_undoing_brings_the_reply_back(kim, june):
    order = numbers_for(june, "kim")
    kim.post(reading(june), {"item": order[0], "grade": "good"})
    page = kim.post(reading(june), {"undo": order[0]}, follow=True).content.decode()
    assert f'data-item="{order[0]}"' in page and not Grade.objects.exists()


@pytest.mark.parametrize(
    "nonsense",
    [{}, {"item": "1"}, {"item": "1", "grade": "great"}, {"item": "9" * 5000, "grade": "good"}, {"undo": ""}]
    + [{"item": word, "grade": "good"} for word in ("", "x", "99", "-1")],
)
def test_nonsense_is_refused_in_words_and_grades_nothing(kim, june, nonsense):
    answer = kim.post(reading(june), nonsense, headers={"Accept": "application/json"})
    assert answer.status_code == 409 and answer.json()["said"]
    assert not Grade.objects.exists()


def test_a_grade_for_a_round_that_was_closed_meanwhile_is_refused(kim, june):
    grade_note(grading_round=june, number=1, reader="lee", grade="good", in_style=True)
    round_close(grading_round=june)
    answer = kim.post(reading(june), {"item": "1", "grade": "good"}, headers={"Accept": "application/json"})
    assert answer.status_code == 410 and "닫힌 회차" in answer.json()["said"]
    assert kim.get(reading(june)).url == f"{ROUNDS}{june.pk}/change/"


def test_an_operator_closes_the_round_and_the_table_appears(lee, june):
    grade_note(grading_round=june, number=1, reader="kim", grade="good", in_style=True)
    lee.post(f"{ROUNDS}{june.pk}/close/", CONFIRMED)
    june.refresh_from_db()
    assert june.is_closed
    page = lee.get(f"{ROUNDS}{june.pk}/change/").content.decode()
    assert all(word in page for word in ("sora@v1", "try at 2e-3", "대조: 사람이 쓴 답", "kim 1/8"))


def test_a_round_that_nobody_read_stays_open_and_says_why(lee, june):
    page = lee.post(f"{ROUNDS}{june.pk}/close/", CONFIRMED, follow=True).content.decode()
    june.refresh_from_db()
    assert not june.is_closed and "아직 아무도 채점하지 않았습니다" in page


def test_a_curator_does_not_close(kim, june):
    grade_note(grading_round=june, number=1, reader="kim", grade="good", in_style=True)
    assert kim.post(f"{ROUNDS}{june.pk}/close/", CONFIRMED).status_code == 403
    june.refresh_from_db()
    assert not june.is_closed


def test_staff_without_the_permission_and_visitors_read_nothing(client, june, django_user_model):
    assert client.get(reading(june)).status_code == 302
    client.force_login(django_user_model.objects.create_user("newcomer", is_staff=True))
    assert client.get(reading(june)).status_code == 403
    assert client.post(reading(june), {"item": "1", "grade": "good"}).status_code == 403


def test_the_page_is_there_in_english(kim, june):
    kim.post("/i18n/setlang/", {"language": "en"})
    page = kim.get(reading(june)).content.decode()
    assert "Good" in page and "Missed" in page and "좋음" not in page
