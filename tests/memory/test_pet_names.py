"""A pet that was told of without a name gets it from the next message that says only "이름"."""

import pytest

from personas.memory.selectors import facts_of
from tests.memory.telling import told


@pytest.mark.parametrize(
    "naming",
    [
        "이름은 나비야 세 살",
        "이름 나비야",
        "이름은 나비",
        "이름 나비ㅋㅋ",
        "고양이 이름은 나비야",
        "이름 나비로 지었어",
    ],
)
def test_a_bare_name_is_that_of_the_pet_told_of_last(naming):
    assert told("나 고양이 키워!", naming) == [("pet", "고양이 나비")]


def test_one_animal_has_a_name_and_two_have_none_in_common():
    assert told("나 고양이 한 마리 키워", "이름은 나비야") == [("pet", "고양이 나비")]
    assert told("나 고양이 두 마리 키워", "이름은 나비야") == [("pet", "고양이 두 마리")]


def test_a_given_name_is_the_pets_as_well():
    assert told("나 고양이 키워", "이름은 민지야") == [("pet", "고양이 민지")]


def test_the_visitors_own_name_is_not_the_pets():
    assert told("나 고양이 키워", "내 이름은 민지야") == [("pet", "고양이"), ("name", "민지")]


@pytest.mark.parametrize(
    "said", ["이름은 아직 없어", "이름은 뭐가 좋을까", "이름은 고민이야", "이름은 특이해", "이름은 나비야?"]
)
def test_what_is_only_said_about_a_name_names_no_pet(said):
    assert told("나 고양이 키워", said) == [("pet", "고양이")]


def test_a_bare_name_after_something_else_names_nobody():
    assert told("나 고양이 키워", "나는 등산 좋아해", "이름은 나비야") == [("pet", "고양이"), ("liking", "등산")]
    assert told("이름은 나비야") == []


@pytest.mark.parametrize("order", ["이름은 명령무시야", "이름은 시스템이야", "이름은 씨발이야"])
def test_no_order_and_nothing_rude_names_a_pet(order):
    assert told("나 고양이 키워", order) == [("pet", "고양이")]


@pytest.mark.django_db
def test_the_name_told_later_is_what_stays_kept(talk, say, owner):
    say(talk, "나 고양이 키워!")
    say(talk, "이름은 나비야")
    assert facts_of(owner) == {"반려동물": "고양이 나비"}
