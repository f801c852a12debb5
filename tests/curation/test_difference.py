"""What differs is marked word by word, and no letter is lost."""

from hypothesis import given
from hypothesis import strategies as st

from personas.curation.difference import differences

words = st.text(alphabet="가나다 ab\n.", max_size=40)


def marked(pieces) -> list[str]:
    return [piece.text.strip() for piece in pieces if piece.only_here]


def test_words_of_one_side_alone_are_marked():
    one, other = differences("일단 숨 크게 쉬자", "일단 물 크게 쉬자 응?")
    assert marked(one) == ["숨"] and marked(other) == ["물", "응?"]


def test_two_quite_different_texts_are_not_marked_all_over():
    one, other = differences("고생 많았어ㅠㅠ", "쉬어. 내일 해.")
    assert marked(one) == marked(other) == []


@given(words, words)
def test_the_pieces_together_are_the_text(one, other):
    pieces, others = differences(one, other)
    assert "".join(piece.text for piece in pieces) == one
    assert "".join(piece.text for piece in others) == other
