"""The patterns read the written lists rightly, and leave everyday talk alone."""

import pytest

from inference_worker.training.seed_data import SEED_DATA
from moderation import danger_in
from moderation.__main__ import main
from moderation.measuring import LISTS, Example, measure, read_examples
from moderation.spelling import readings

TUNED, HELD_OUT = (next(path for path in LISTS if path.stem == stem) for stem in ("tuned", "held_out"))


@pytest.mark.parametrize("example", read_examples(TUNED), ids=lambda example: example.text)
def test_what_the_patterns_were_written_for(example: Example):
    assert danger_in(example.text) == example.kind


def test_messages_that_they_were_not_written_for_are_read_nearly_as_well():
    rates = measure(read_examples(HELD_OUT))
    assert rates.right / rates.total > 0.95, rates.wrong
    assert rates.false_alarms <= 1


def test_no_everyday_message_of_the_seed_is_taken_for_abuse():
    for persona in ("egen", "teto"):
        rows = SEED_DATA.single_exchanges(persona)
        assert [row.id for row in rows if danger_in(row.messages[0]["content"]) in ("abuse", "minors")] == []


def test_the_report_names_every_list_and_what_was_read_wrongly(monkeypatch, capsys):
    monkeypatch.setattr("moderation.measuring.danger_in", lambda text: None)
    main()
    report = capsys.readouterr().out
    assert "tuned" in report and "held_out" in report and "abuse read as -: 이 병신아" in report


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
    assert readings(written)[-1] == meant


@pytest.mark.timeout(30)
@pytest.mark.parametrize("filler", ["ㅅ ", "가 ", "이 야 ", "아동 ", "너 ", "시1", "ㅅㅣ", "\u200b", "죽"])
def test_no_message_keeps_the_reader_long(filler):
    """A pattern that runs away takes hours."""
    assert danger_in(filler * 1000) in (None, "self_harm", "abuse", "minors")
