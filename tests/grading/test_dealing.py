"""Replies are dealt out mixed and blind, in an order of its own for each reader."""

import json

from personas.grading.dealing import items_next, numbers_for
from personas.grading.services import grade_note
from tests.grading.conftest import grade_replies


def test_each_reader_has_an_order_of_their_own_and_keeps_it(make_round):
    mixed = make_round("6월", {"sora@v1": 20, "written": 5})
    kim, lee = numbers_for(mixed, "kim"), numbers_for(mixed, "lee")
    assert sorted(kim) == sorted(lee) == list(range(1, 26))
    assert kim != lee
    assert kim == numbers_for(mixed, "kim")


def test_what_a_reader_has_graded_does_not_come_again(make_round):
    mixed = make_round("6월", {"sora@v1": 6})
    order = numbers_for(mixed, "kim")
    for number in order[:2]:
        grade_note(grading_round=mixed, number=number, reader="kim", grade="good", in_style=True)
    assert [item.number for item in items_next(mixed, "kim", 3)] == order[2:5]
    assert len(items_next(mixed, "lee", 10)) == 6


def test_an_export_tells_nothing_of_who_wrote_what(make_round):
    make_round("6월", {"sora@v1": 4, "try": 4, "written": 2})
    lines = [json.loads(line) for line in grade_replies("--export", "6월", "--reader", "park").splitlines()]
    assert len(lines) == 10
    assert all(set(line) == {"item", "persona", "messages", "reply"} for line in lines)


def test_an_export_comes_in_its_readers_order(make_round):
    mixed = make_round("6월", {"sora@v1": 8})
    lines = grade_replies("--export", "6월", "--reader", "park").splitlines()
    assert [json.loads(line)["item"] for line in lines] == numbers_for(mixed, "park")
