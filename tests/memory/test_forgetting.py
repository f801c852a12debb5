"""내 이름 잊어 줘."""

import pytest

from tests.memory.telling import told

ALL = ["나 지민이야", "우리 강아지 이름은 콩이야", "나 내일 면접 있어", "나는 등산 좋아해"]


@pytest.mark.parametrize(
    "words", ["내 이름 잊어 줘", "내 이름은 잊어줘!", "이제 그만. 내 이름 지워 줄래?", "내 이름 기억하지 마"]
)
def test_a_name_is_forgotten_and_the_rest_stays(words):
    assert told(*ALL, words) == told(*ALL)[1:]


def test_everything_is_forgotten():
    assert told(*ALL, "나에 대해 아는 거 다 잊어 줘") == []


def test_a_kind_is_forgotten():
    assert [kind for kind, _value in told(*ALL, "우리 강아지 이름 잊어 줘", "내 일정 지워 줘")] == ["name", "liking"]


def test_talk_about_forgetting_erases_nothing():
    assert told(*ALL, "전 남친 잊고 싶어", "비밀번호를 잊어버렸어", "내 이름 잊었어?", "그 일은 잊어 줘") == told(*ALL)
