"""How Korean replies are written, apart from what they say."""

import pytest

from personas.ratings.style_features import NAMES, style_difference, style_of


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("가나다라마바사아자차", "length", 10),
        ("진짜ㅋㅋㅎ 웃겨", "laughter", 100 * 3 / 8),
        ("힘들다ㅠㅜ", "tears", 100 * 2 / 5),
        ("그래~ 좋아～", "tilde", 100 * 2 / 7),
        ("좋다😀🌱", "emoji", 100 * 2 / 4),
        ("", "length", 0),
    ],
)
def test_marks_are_counted_per_hundred_characters(text, name, value):
    assert getattr(style_of(text), name) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("오늘 힘들었겠어요. 좀 쉬어요~", 1.0),
        ("결론부터 말합니다. 시작하십시오!", 1.0),
        ("괜찮아. 내일 하자.", 0.0),
        ("괜찮아요ㅠㅠ 근데 그건 네 잘못 아니야 ㅋㅋ", 0.5),
        ("정말이죠? 그럴까요?", 1.0),
        ("ㅋㅋㅋ", 0.0),
        ("", 0.0),
    ],
)
def test_polite_sentences_are_told_from_plain_ones(text, share):
    assert style_of(text).polite == pytest.approx(share)


def test_a_difference_turns_its_sign_with_the_sides_and_stays_between_minus_one_and_one():
    ours, theirs = style_of("길고 긴 답이에요ㅋㅋㅋㅋ~~~"), style_of("짧다.")
    there, back = style_difference(ours, theirs), style_difference(theirs, ours)
    assert there == [-value for value in back] and len(there) == len(NAMES)
    assert all(-1 <= value <= 1 for value in there) and there[0] > 0


def test_two_replies_alike_differ_in_nothing():
    assert not any(style_difference(style_of("응, 그래요~"), style_of("응, 그래요~")))
