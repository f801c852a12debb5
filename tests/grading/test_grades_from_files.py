"""A reader outside sends grades in a file: all of them are taken, or none."""

import json

import pytest
from django.core.management import CommandError

from personas.grading.models import Grade
from tests.grading.conftest import grade_replies

LINE = {"item": 1, "grade": "good", "in_style": True}


@pytest.fixture
def june(make_round):
    """An open round of three replies."""
    return make_round("6월", {"sora@v1": 2, "written": 1})


def test_grades_of_a_reader_outside_are_kept(june, file_of):
    file = file_of([LINE, {"item": 3, "grade": "miss", "in_style": False}])
    assert "2 grades of park kept" in grade_replies("--read", "6월", "--reader", "park", "--from", file)
    kept = Grade.objects.order_by("item__number").values_list("item__number", "reader", "grade", "in_style")
    assert list(kept) == [(1, "park", "good", True), (3, "park", "miss", False)]


def test_a_file_read_again_changes_what_changed(june, file_of):
    for grade in ("good", "partly"):
        grade_replies("--read", "6월", "--reader", "park", "--from", file_of([{**LINE, "grade": grade}]))
    assert Grade.objects.get().grade == "partly"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("[]", "line 2: is not a JSON object"),
        ({**LINE, "item": 4}, "line 2, field item:"),
        ({**LINE, "item": "2"}, "line 2, field item:"),
        ({**LINE, "item": True}, "line 2, field item:"),
        (LINE, "line 2, field item:"),
        ({**LINE, "item": 2, "grade": "great"}, "line 2, field grade:"),
        ({**LINE, "item": 2, "grade": ["good"]}, "line 2, field grade:"),
        ({"item": 2, "grade": "good"}, "line 2, field in_style:"),
        ({**LINE, "item": 2, "in_style": 1}, "line 2, field in_style:"),
    ],
)
def test_a_bad_line_is_named_with_its_field_and_nothing_is_kept(june, file_of, row, told):
    with pytest.raises(CommandError) as refused:
        grade_replies("--read", "6월", "--reader", "park", "--from", file_of([LINE, row]))
    assert told in str(refused.value)
    assert not Grade.objects.exists()


def test_a_round_that_is_not_there_is_answered_with_those_that_are(june, file_of):
    with pytest.raises(CommandError, match="6월"):
        grade_replies("--read", "7월", "--reader", "park", "--from", file_of([LINE]))


@pytest.mark.parametrize("missing", ["--reader", "--from"])
def test_what_is_missing_is_named(june, file_of, missing):
    given = {"--reader": "park", "--from": file_of([LINE])}
    del given[missing]
    with pytest.raises(CommandError, match=missing):
        grade_replies("--read", "6월", *[part for option in given.items() for part in option])


def test_a_closed_round_takes_no_file_and_then_gives_out_who_wrote_what(june, file_of):
    file = file_of([LINE])
    grade_replies("--read", "6월", "--reader", "park", "--from", file)
    with pytest.raises(CommandError, match="open"):
        grade_replies("--results", "6월")
    grade_replies("--close", "6월")
    with pytest.raises(CommandError, match="closed"):
        grade_replies("--read", "6월", "--reader", "park", "--from", file)
    lines = [json.loads(line) for line in grade_replies("--results", "6월").splitlines()]
    assert sorted(line["version"] for line in lines) == ["sora@v1", "sora@v1", "written"]
    assert lines[0]["grades"] == {"park": {"grade": "good", "in_style": True}}
