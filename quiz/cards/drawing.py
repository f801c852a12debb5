"""Writing a result onto its sheet, in one layout for each shape. Places and sizes are pixels, from the upper left."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from quiz.cards.lettering import Face, Style, fit
from quiz.cards.pen import LEADING, Box, Pen
from quiz.cards.shapes import Shape
from quiz.cards.sheets import SHEETS
from quiz.scoring import Kind

INK_SOFT = "#6d5a4e"
EGEN, EGEN_FILL, EGEN_SOFT = "#b8325a", "#f58ba3", "#fbdde2"
TETO, TETO_FILL, TETO_SOFT = "#1f6064", "#62b5b1", "#cfe6e2"
SOFT = {
    Kind.STRONG_EGEN: EGEN_SOFT,
    Kind.MILD_EGEN: EGEN_SOFT,
    Kind.BALANCED: "#fdf0c8",
    Kind.MILD_TETO: TETO_SOFT,
    Kind.STRONG_TETO: TETO_SOFT,
}


@dataclass(frozen=True)
class CardWords:
    """All that a card shows, and nothing about whose it is."""

    quiz: str
    kind: Kind
    name: str
    headline: str
    saying: str
    egen_percent: int
    address: str
    language: str = "ko"


def draw(words: CardWords, shape: Shape) -> bytes:
    """The card as PNG, in the language of its words."""
    pen = Pen(SHEETS[shape, words.kind].open())
    write = _write_card if shape is Shape.CARD else _write_story
    with translation.override(words.language):
        write(pen, words)
    return pen.png()


def _write_card(pen: Pen, words: CardWords) -> None:
    left, right = 408, 742
    width = right - left
    _pill(pen, words.kind, Style(Face.DISPLAY, 21), (left, 50), align=0)
    style, lines = fit(words.name, Face.DISPLAY, width=width, tries=((60, 1), (54, 1), (48, 1), (44, 2), (36, 2)))
    below = pen.paragraph(lines, style, (left, 98))
    style, lines = fit(words.headline, Face.BODY, width=width, tries=((24, 2), (22, 2), (20, 2)))
    pen.paragraph(lines, style, (left, below + 6))
    _scale(pen, words.egen_percent, (left, 312, right, 342), Style(Face.DISPLAY, 26))
    style, lines = fit(words.quiz, Face.DISPLAY, width=340, tries=((19, 1), (16, 1)))
    pen.paragraph(lines, style, (213, 327), INK_SOFT, align=0.5)


def _write_story(pen: Pen, words: CardWords) -> None:
    left, middle, right = 150, 540, 930
    width = right - left
    style, lines = fit(words.quiz, Face.DISPLAY, width=width, tries=((52, 1), (44, 1)))
    pen.paragraph(lines, style, (middle, 158), align=0.5)
    _pill(pen, words.kind, Style(Face.DISPLAY, 42), (middle, 850), align=0.5)
    style, lines = fit(words.name, Face.DISPLAY, width=width, tries=((112, 1), (98, 1), (84, 1), (64, 1)))
    below = pen.paragraph(lines, style, (middle, 930), align=0.5)
    style, lines = fit(words.headline, Face.BODY, width=width, tries=((44, 1), (40, 1), (38, 2), (34, 2)))
    below = pen.paragraph(lines, style, (middle, below + 8), align=0.5)
    _bubble(pen, words, (left, below + 34, right))
    _scale(pen, words.egen_percent, (left, 1434, right, 1494), Style(Face.DISPLAY, 54))
    pen.line(_("너는 어느 쪽이야?"), Style(Face.DISPLAY, 64), (middle, 1660), align=0.5)
    pen.line(words.address or _("에겐·테토"), Style(Face.DISPLAY, 42), (middle, 1730), align=0.5)


def _bubble(pen: Pen, words: CardWords, at: tuple[int, int, int]) -> None:
    left, top, right = at
    style, lines = fit(words.saying, Face.DISPLAY, width=right - left - 80, tries=((46, 1), (40, 1), (38, 2), (34, 2)))
    bottom = top + round(len(lines) * style.size * LEADING) + 56
    pen.rounded((left, top, right, bottom), SOFT[words.kind], edge=4, radius=44)
    pen.paragraph(lines, style, ((left + right) // 2, top + 28), align=0.5)


def _pill(pen: Pen, kind: Kind, style: Style, at: tuple[int, int], *, align: float) -> None:
    label = str(kind.label)
    width, height = round(style.width(label) + 1.6 * style.size), round(1.75 * style.size)
    left, top = round(at[0] - align * width), at[1]
    pen.rounded((left, top, left + width, top + height), SOFT[kind], edge=max(2, style.size // 10))
    pen.line(label, style, (left + width / 2, top + 1.24 * style.size), align=0.5)


def _scale(pen: Pen, egen_percent: int, box: Box, style: Style) -> None:
    left, top, right, _unused = box
    above = top - style.size // 3
    pen.line(f"{_('에겐')} {egen_percent}%", style, (left, above), EGEN)
    pen.line(f"{_('테토')} {100 - egen_percent}%", style, (right, above), TETO, align=1)
    edge = max(3, style.size // 10)
    pen.rounded(box, TETO_FILL, edge=edge)
    pen.rounded(box, EGEN_FILL, edge=edge, share=egen_percent / 100)
