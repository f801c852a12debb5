"""Words on pictures: measured, broken into lines, and written with the fonts that have their signs."""

import pytest
from PIL import Image, ImageDraw

from quiz.cards.lettering import ELLIPSIS, Face, Style, fit


def ink(style: Style, text: str) -> tuple[int, int, int, int] | None:
    """The box that this text blackens on white paper."""
    paper = Image.new("L", (600, 100), 255)
    style.write(ImageDraw.Draw(paper), (100, 60), text, "#000000")
    return paper.point(lambda value: 255 - value).getbbox()


@pytest.mark.parametrize("face", Face)
@pytest.mark.parametrize("character", ["가", "힝", "훑", "A", "“", "…", "%"])
def test_a_face_has_ink_for_every_sign_in_use(face, character):
    assert ink(Style(face, 40), character)


def test_a_sign_that_one_face_lacks_is_borrowed_from_the_other():
    assert ink(Style(Face.DISPLAY, 40), "·")


@pytest.mark.parametrize("character", ["🙏", "鬱", "\n"])
def test_a_sign_that_no_face_has_takes_no_room(character):
    style = Style(Face.BODY, 40)
    assert style.width(f"가{character}나") == style.width("가나")


def test_text_is_written_as_wide_as_it_was_measured():
    style = Style(Face.DISPLAY, 40)
    left, _top, right, _bottom = ink(style, "무뚝뚝한 롤백 요정")
    assert right - left == pytest.approx(style.width("무뚝뚝한 롤백 요정"), abs=6)


def test_text_takes_the_first_size_that_fits():
    style, lines = fit("다정한 핫픽스", Face.DISPLAY, width=300, tries=((90, 1), (40, 1), (20, 1)))
    assert (style.size, lines) == (40, ["다정한 핫픽스"])


def test_lines_are_broken_between_words_and_evenly():
    _style, lines = fit("하나 둘 셋 넷 다섯 여섯", Face.BODY, width=250, tries=((30, 2),))
    assert " ".join(lines) == "하나 둘 셋 넷 다섯 여섯"
    assert lines == ["하나 둘 셋", "넷 다섯 여섯"]


def test_what_fits_nowhere_is_cut_short_within_the_width():
    style, lines = fit("가나다라마바사아자차카타파하 " * 5, Face.BODY, width=200, tries=((40, 1), (30, 2)))
    assert len(lines) <= 2
    assert lines[-1].endswith(ELLIPSIS)
    assert all(style.width(line) <= 200 for line in lines)


def test_no_words_make_no_lines():
    assert fit("", Face.BODY, width=200, tries=((40, 1),))[1] == []
