"""Questions about the site are found by their words, and talk that only looks like them is left to the model."""

import json

import pytest
from django.conf import settings

from personas.knowledge.facts import facts
from personas.knowledge.retrieval import fact_asked

HELD_OUT = settings.BASE_DIR / "personas" / "data" / "site_questions.jsonl"


def key_of(message: str) -> str:
    match = fact_asked(message)
    return match.key if match else ""


@pytest.mark.parametrize(
    ("message", "key"),
    [
        ("이 테스트 뭐야?", "test"),
        ("내 결과 뭐였지?", "my-result"),
        ("내결과뭐였지", "my-result"),
        ("너 누구야?", "who"),
        ("에겐이랑 테토 차이가 뭐야?", "difference"),
        ("내 대화 누가 봐?", "privacy"),
        ("상담 전화번호 알려 줘", "help-line"),
        ("너 GPT야?", "model"),
    ],
)
def test_questions_about_the_site_are_found(message, key):
    assert key_of(message) == key


@pytest.mark.parametrize(
    "message",
    [
        "시험 결과가 안 좋아서 우울해",
        "테스트 코드 짜기 싫어",
        "남자친구가 에겐남이야",
        "너 누구 좋아해?",
        "데이터베이스를 지웠어",
        "자기소개서 써야 해",
        "엄마한테 전화할까?",
        "",
        "???",
        "내 결과 뭐였지? " * 10,
    ],
)
def test_talk_about_something_else_is_left_alone(message):
    assert key_of(message) == ""


def test_on_held_out_messages_it_seldom_misses_and_hardly_ever_butts_in():
    rows = [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]
    asked = [row for row in rows if row["fact"]]
    others = [row for row in rows if not row["fact"]]
    assert sum(key_of(row["message"]) == row["fact"] for row in asked) >= 0.8 * len(asked)
    assert [row for row in asked if key_of(row["message"]) not in ("", row["fact"])] == []
    assert sum(key_of(row["message"]) != "" for row in others) <= 1


def test_every_fact_speaks_in_the_voices_of_the_shipped_personas():
    for fact in facts().values():
        for wording in filter(None, (fact.wording, fact.without_result)):
            assert wording.text and wording.voices["egen"] and wording.voices["teto"]


@pytest.mark.timeout(20)
def test_words_that_can_be_put_together_in_many_ways_are_read_at_once():
    assert key_of(f"너 누구야 {'ㅋ' * 48}") == "who"
    fact_asked(f"너 누구야 {'ㅋ' * 48} 헐")
