"""What the visitor is called, and how that changes."""

import pytest

from tests.memory.telling import told


def test_a_later_name_takes_the_place_of_the_first():
    assert told("나 지민이야", "앞으로 달님이라고 불러 줘") == [("name", "달님")]


@pytest.mark.parametrize(
    "correction",
    [
        "내 이름 지민 아니고 지만이야",
        "내 이름은 지민이 아니라 지만이야!",
        "지민 아니고 지만이야",
        "나 지민 말고 지만이야",
    ],
)
def test_a_correction_replaces(correction):
    assert told("내 이름은 지민이야", correction) == [("name", "지만")]


def test_a_correction_of_something_else_changes_no_name():
    assert told("나 지민이야", "나 커피 말고 녹차야", "나 바다 아니고 서연이야") == [("name", "지민")]


def test_a_denial_erases_and_what_follows_it_replaces():
    assert told("나 지민이야", "나 지민이 아니야") == []
    assert told("나 지민이야", "내 이름 지민 아니야, 지원이야") == [("name", "지원")]


def test_of_a_full_name_the_given_name_is_kept():
    assert told("내 이름은 김지민이야") == told("나 지민이야") == [("name", "지민")]


def test_the_ending_tells_where_a_name_stops():
    assert told("내 이름은 유이야") == [("name", "유이")]
    assert told("내 이름은 지민이야") == [("name", "지민")]
