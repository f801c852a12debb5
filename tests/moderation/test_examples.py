"""Insults and sexual words about children are read rightly, and everyday talk is left alone."""

import pytest

from inference_worker.training.seed_data import SEED_DATA
from moderation import is_abuse
from moderation.measuring import LISTS, Example, examples_right, read_as, read_examples
from moderation.spelling import meant_by

TUNED, HELD_OUT = (next(path for path in LISTS if path.stem == f"insults_{stem}") for stem in ("tuned", "held_out"))


@pytest.mark.parametrize("example", read_examples(TUNED), ids=lambda example: example.text)
def test_what_the_patterns_were_written_for(example: Example):
    assert read_as(example.text) == example.kind


def test_messages_that_they_were_not_written_for_are_read_nearly_as_well():
    assert examples_right(read_examples(HELD_OUT)).value > 0.95


def test_no_everyday_message_of_the_seed_is_taken_for_abuse():
    for persona in ("egen", "teto"):
        rows = SEED_DATA.single_exchanges(persona)
        assert [row.id for row in rows if read_as(row.messages[0]["content"])] == []


def test_an_insult_in_the_middle_of_a_long_tale_is_found():
    tale = "오늘 있었던 일을 얘기해 줄게. " * 30
    assert is_abuse(f"{tale}야 이 개새끼야. {tale}") and not is_abuse(tale)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("시1발", "시발"),
        ("ㅅㅣㅂㅏㄹ", "시발"),
        ("ㅈㅏㅅㅏㄹ", "자살"),
        ("시 발 놈 아", "시발놈아"),
        ("ㅄ아", "병신아"),
        ("씨8놈", "씨팔놈"),
        ("안녕!", "안녕!"),
        ("다시 발표해", "다시 발표해"),
        ("ㅋㅋㅋ ㅠㅠ", "ㅋㅋㅋ ㅠㅠ"),
        ("아ㅏㅏㅏ", "아ㅏㅏㅏ"),
        ("빨리빨리ㅣ", "빨리빨리ㅣ"),
    ],
)
def test_disguised_words_are_read_as_they_were_meant(written, meant):
    assert meant_by(written)[-1] == meant
