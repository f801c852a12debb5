"""The share of good replies stands with its version in the registry."""

import pytest
from django.urls import reverse

from personas.grading.models import GradingRound
from personas.grading.selectors import grades_standing
from personas.grading.services import grade_note, round_close

LIST = "/admin/registry/adapterversion/"


def graded(
    make_round, name: str, counts: dict[str, int], grade: str, *readers: str, close: bool = True
) -> GradingRound:
    """A round in which everyone gives every reply the same grade."""
    made = make_round(name, counts)
    for item in made.items.all():
        for reader in readers:
            grade_note(grading_round=made, number=item.number, reader=reader, grade=grade, in_style=True)
    if close:
        round_close(grading_round=made)
    return made


def test_it_is_that_of_the_newest_closed_round(make_round, versions):
    graded(make_round, "5월", {"sora@v1": 4}, "miss", "kim")
    june = graded(make_round, "6월", {"sora@v1": 4, "written": 2}, "good", "kim", "lee")
    graded(make_round, "7월", {"sora@v1": 4}, "miss", "kim", close=False)
    graded(make_round, "8월", {"sora@v2": 4}, "miss", "kim")
    newest, grades = grades_standing(versions[0])
    assert newest == june
    assert (grades.good.value, grades.replies, grades.readers) == (1, 4, 2)


def test_a_closed_round_in_which_nobody_graded_the_version_says_nothing(make_round, versions):
    june = make_round("6월", {"sora@v1": 1, "sora@v2": 1})
    item = june.items.get(version="sora@v2")
    grade_note(grading_round=june, number=item.number, reader="kim", grade="good", in_style=True)
    round_close(grading_round=june)
    assert grades_standing(versions[0]) is None
    assert grades_standing(versions[1]) is not None


@pytest.mark.parametrize("address", [LIST, "page"])
def test_the_admin_shows_share_interval_replies_and_readers(admin_client, make_round, versions, address):
    graded(make_round, "6월", {"sora@v1": 4}, "good", "kim", "lee")
    if address == "page":
        address = reverse("admin:registry_adapterversion_change", args=[versions[0].pk])
    text = admin_client.get(address).content.decode()
    assert "100%" in text and "(51–100)" in text
    assert "6월" in text or "답 4 · 사람 2" in text


def test_the_list_shows_style_and_relevance_beside_it(admin_client, versions):
    versions[0].manifest = {"metrics": {"style_accuracy": 0.9871, "relevance": 0.7654}}
    versions[0].save()
    text = admin_client.get(LIST).content.decode()
    assert "0.9871" in text and "0.7654" in text
