"""However words are typed, they fold to the same letters, in time that grows with their length alone."""

import pytest

from moderation.folding import folded, readings
from tests.moderation.spellings import SPELLINGS


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("words", ["죽고 싶어", "한강 다리 위야", "I want to die", "약 30알 먹었어 💊"])
def test_every_spelling_folds_to_the_same_letters(words, spelling):
    assert folded(SPELLINGS[spelling](words)) == folded(words)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("죽♡고 싶어", "죽고싶어"), ("죽1고싶어", "죽고싶어"), ("죽̶고싶어", "죽고싶어"), ("죽고싶어어어어", "죽고싶어어")],
)
def test_what_is_put_between_letters_is_taken_out_in_one_reading(written, meant):
    assert meant in readings(written)


def test_digits_are_kept_where_they_mean_something():
    assert readings("약 30알")[0] == "약30알"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("filler", ["ㅅ ", "ㅅㅣ", "\u200b", "죽", "1", "♡", "가1"])
def test_no_text_keeps_the_reader_long(filler):
    """A fold that runs away on 400,000 letters takes hours."""
    folded(filler * 200_000)
