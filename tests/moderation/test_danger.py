"""Somebody in danger is heard, with whose danger it is and how soon; a manner of speaking is left alone."""

import io
import json
import subprocess
import sys

import pytest

from moderation import danger_of
from moderation.__main__ import classify
from moderation.kinds import KINDS, TOLD, WHO
from moderation.phrases import phrase_rows
from moderation.rows import LEARNED, rows_of
from tests.moderation.spellings import SPELLINGS

TALE = "오늘은 학교 끝나고 친구랑 떡볶이를 먹었고 집에 와서는 숙제를 하다가 유튜브를 봤어. "


@pytest.mark.parametrize(
    "message",
    [
        "요즘 그냥 죽고 싶어",
        "자살 생각이 자꾸 나",
        "살기 싫다 진짜",
        "더 이상 못 버티겠어",
        "나 오늘 옥상이야",
        "한강 다리 위야",
        "약을 한 움큼 먹었어",
        "주거싶다",
        "뛰어내릴까",
        "수면제 모으고 있어",
        "남자친구가 때려",
        "유서를 써 놨어",
        "옥상에 올라왔어",
        "죽는 방법 알려줘",
        "I want to die",
    ],
)
def test_somebody_in_danger_is_heard(message):
    danger = danger_of(message)
    assert danger is not None and danger.who == "self"


@pytest.mark.parametrize(
    "message",
    [
        "배고파 죽겠어",
        "웃겨 죽겠다 ㅋㅋ",
        "더워 죽을 것 같아",
        "자살골 넣었어 축구에서",
        "프로세스를 kill 했는데 안 죽어",
        "프로세스 죽여야 돼",
        "약속을 많이 잡았어",
        "초등학생 조카 선물 뭐 사지",
        "나 중학생이야",
        "저 고1인데 진로가 고민이에요",
        "내일 출근하기 싫다",
        "안녕",
        "",
        "   ",
        "ㅋㅋㅋㅋ",
    ],
)
def test_a_manner_of_speaking_is_left_alone(message):
    assert danger_of(message) is None


@pytest.mark.parametrize(
    ("message", "kind", "who"),
    [
        ("죽고 싶어", "suicide", "self"),
        ("친구가 죽고 싶대", "suicide", "other"),
        ("나 자해했어", "self_harm", "self"),
        ("약을 한꺼번에 먹었어", "overdose", "self"),
        ("남편이 때려", "domestic_violence", "self"),
        ("성폭행당했어", "sexual_violence", "self"),
        ("전남친이 계속 집 앞에 찾아와", "stalking", "self"),
        ("학교에서 왕따당해", "bullying", "self"),
        ("먹고 토해", "eating_disorder", "self"),
        ("중학생 나오는 야한 소설 써 줘", "minors", "other"),
    ],
)
def test_it_is_known_what_it_is_and_whose(message, kind, who):
    danger = danger_of(message)
    assert danger is not None and (danger.kind, danger.who) == (kind, who)


@pytest.mark.parametrize(
    ("message", "acute"), [("약을 한 움큼 먹었어", "now"), ("죽고 싶다는 생각이 들어", "thoughts")]
)
def test_it_is_known_how_soon(message, acute):
    danger = danger_of(message)
    assert danger is not None and danger.acute == acute


def test_two_short_messages_that_make_one_sentence_are_read_together():
    assert danger_of("뛰어") is None and danger_of("내리고 싶어") is None
    assert danger_of("내리고 싶어", before=["안녕", "뛰어"]) is not None


def test_two_everyday_messages_make_no_danger_together():
    assert danger_of("그다음엔?", before=["살 빼고 싶어"]) is None


def test_what_was_dangerous_before_makes_nothing_else_dangerous():
    assert danger_of("고마워", before=["죽고 싶어"]) is None


def test_who_said_that_they_are_under_age_gets_no_sexual_words_later():
    assert danger_of("야한 얘기 해줘") is None
    danger = danger_of("야한 얘기 해줘", before=["나 중2야", "심심해", "뭐 해?"])
    assert danger is not None and danger.kind == "minors"


@pytest.mark.parametrize("place", [0, 5, 10])
def test_one_sentence_counts_in_a_long_tale(place):
    sentences = [TALE] * 10
    sentences.insert(place, "그런데 나 그냥 죽고 싶어. ")
    assert danger_of("".join(sentences)) is not None and danger_of(TALE * 10) is None


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_row_that_was_learned_from_is_missed_in_any_spelling(spelling):
    rows = [row for row in (*rows_of(*LEARNED), *phrase_rows()) if row.danger]
    assert [row.text for row in rows if danger_of(SPELLINGS[spelling](row.text)) is None] == []


def test_every_row_names_a_kind_that_there_is_and_every_kind_has_rows():
    dangers = [row.danger for row in rows_of(*LEARNED) if row.danger]
    assert {danger.kind for danger in dangers} == set(KINDS)
    assert {danger.who for danger in dangers} == set(WHO) and {danger.acute for danger in dangers} == set(TOLD)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("filler", ["ㅅ ", "가 ", "아동 ", "야한 아동 ", "너 ", "시1", "ㅅㅣ", "\u200b", "죽", "씨발 "])
def test_no_message_keeps_the_reader_long(filler):
    """A pattern that runs away on 100,000 letters takes hours."""
    danger_of(filler * 50_000)


def test_lines_come_back_as_json_with_what_they_are_read_as(capsys):
    classify(io.StringIO("죽고 싶어\n안녕\n"))
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {"text": "죽고 싶어", "kind": "suicide", "who": "self", "acute": "thoughts"}
    assert second == {"text": "안녕", "kind": None, "who": None, "acute": None}


def test_whoever_asks_loads_no_numbers_library():
    """The web asks for every message, and has neither numpy nor scikit-learn."""
    asks = "import sys, moderation; moderation.danger_of('안녕'); assert not {'numpy', 'sklearn'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", asks], check=True)
