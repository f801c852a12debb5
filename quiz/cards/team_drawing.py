"""Writing a team onto its sheet. Places and sizes are pixels, from the upper left."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from quiz.cards.drawing import EGEN, EGEN_FILL, INK_SOFT, TETO, TETO_FILL
from quiz.cards.lettering import Face, Style, fit
from quiz.cards.pen import Pen
from quiz.cards.sheets import TEAM_SHEET
from quiz.cards.team_map import TEAM_MAP
from quiz.scoring import Kind

DOT = 9  # radius
FILL = {
    Kind.STRONG_EGEN: "#e0607e",
    Kind.MILD_EGEN: EGEN_FILL,
    Kind.BALANCED: "#ffd97a",
    Kind.MILD_TETO: TETO_FILL,
    Kind.STRONG_TETO: "#3b8d8c",
}


@dataclass(frozen=True)
class TeamWords:
    """All that the picture of a team shows: its name, which every preview of its link says, and dots without names."""

    quiz: str
    name: str
    dots: tuple[tuple[int, int, Kind], ...]  # place on the sheet, in pixels
    language: str = "ko"


def draw_team(words: TeamWords) -> bytes:
    """The picture as PNG, in the language of its words."""
    pen = Pen(TEAM_SHEET.open())
    with translation.override(words.language):
        _write_axes(pen)
        _write_words(pen, words)
    for x, y, kind in words.dots:
        pen.rounded((x - DOT, y - DOT, x + DOT, y + DOT), FILL[kind], edge=2)
    return pen.png()


def _write_axes(pen: Pen) -> None:
    style, near = Style(Face.DISPLAY, 22), 14
    right, bottom = TEAM_MAP.left + TEAM_MAP.size, TEAM_MAP.top + TEAM_MAP.size
    pen.line(_("에겐"), style, (TEAM_MAP.left + near, TEAM_MAP.top + near + 18), EGEN)
    pen.line(_("테토"), style, (right - near, bottom - near), TETO, align=1)


def _write_words(pen: Pen, words: TeamWords) -> None:
    left, right = 390, 742
    width = right - left
    people = _("지금 {people}명").format(people=len(words.dots))
    pen.line(f"{_('우리 모임 지도')} · {people}", Style(Face.DISPLAY, 26), (left, 88), INK_SOFT)
    style, lines = fit(words.name, Face.DISPLAY, width=width, tries=((64, 1), (56, 1), (48, 2), (38, 2), (29, 2)))
    pen.paragraph(lines, style, (left, 112 if len(lines) > 1 else 132))
    style, lines = fit(_("너는 어디쯤이야?"), Face.DISPLAY, width=width, tries=((32, 1), (28, 1)))
    pen.paragraph(lines, style, (left, 258), EGEN)
    style, lines = fit(words.quiz, Face.DISPLAY, width=width, tries=((20, 1), (17, 1)))
    pen.paragraph(lines, style, (left, 316), INK_SOFT)
