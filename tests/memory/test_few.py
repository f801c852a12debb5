"""Few facts are kept: one name, three of the others, each once."""

import pytest

from tests.memory.telling import told


def test_the_fourth_thing_liked_takes_the_place_of_the_oldest():
    liked = [f"나는 {thing} 좋아해" for thing in ("떡볶이", "등산", "겨울", "파이썬")]
    assert told(*liked) == [("liking", "등산"), ("liking", "겨울"), ("liking", "파이썬")]


def test_what_is_told_again_is_kept_once_and_counts_as_new():
    assert told("나는 떡볶이 좋아해", "나는 등산 좋아해", "나 떡볶이 진짜 좋아해") == [
        ("liking", "등산"),
        ("liking", "떡볶이"),
    ]


def test_a_pet_gets_its_name_later():
    assert told("나 고양이 키워", "우리 고양이 이름은 나비야", "나 고양이 키워") == [("pet", "고양이 나비")]


@pytest.mark.parametrize("no_more", ["나 이제 떡볶이 싫어해", "나 떡볶이 안 좋아해"])
def test_what_is_no_longer_liked_goes(no_more):
    assert told("나는 떡볶이 좋아해", no_more) == []


def test_one_job_and_one_city_stand():
    assert told("나 취준생이야", "나 부산 살아", "나 백엔드 개발자야", "나 서울 살아") == [
        ("job", "백엔드 개발자"),
        ("place", "서울"),
    ]
