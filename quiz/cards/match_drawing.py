"""Writing a match onto its sheet. Places and sizes are pixels, from the upper left."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from quiz.cards.drawing import INK_SOFT
from quiz.cards.lettering import Face, Style, fit
from quiz.cards.pen import Pen
from quiz.cards.sheets import MATCH_SHEET, PORTRAITS
from quiz.scoring import Kind

MIDDLE = 400
# Left edge of each portrait, and the line that the name below it is centred on.
SIDES = ((38, 166), (506, 634))


@dataclass(frozen=True)
class MatchWords:
    """All that the picture of a match shows, and nothing about whose it is."""

    quiz: str
    kinds: tuple[Kind, Kind]
    names: tuple[str, str]
    title: str
    score: int
    language: str = "ko"


def draw_match(words: MatchWords) -> bytes:
    """The picture as PNG, in the language of its words."""
    picture = MATCH_SHEET.open()
    for kind, (left, _middle) in zip(words.kinds, SIDES, strict=True):
        portrait = PORTRAITS[kind].open()
        picture.paste(portrait, (left, 50), portrait)
    pen = Pen(picture)
    with translation.override(words.language):
        _write(pen, words)
    return pen.png()


def _write(pen: Pen, words: MatchWords) -> None:
    pen.line(_("궁합"), Style(Face.DISPLAY, 24), (MIDDLE, 131), INK_SOFT, align=0.5)
    pen.line(f"{words.score}%", Style(Face.DISPLAY, 64), (MIDDLE, 191), align=0.5)
    for name, (_left, middle) in zip(words.names, SIDES, strict=True):
        style, lines = fit(name, Face.DISPLAY, width=246, tries=((28, 1), (24, 1), (21, 1), (18, 2)))
        pen.paragraph(lines, style, (middle, 244), align=0.5)
    style, lines = fit(words.title or _("우리는 잘 맞을까?"), Face.BODY, width=690, tries=((27, 1), (24, 1), (21, 1)))
    pen.paragraph(lines, style, (MIDDLE, 292), align=0.5)
    style, lines = fit(words.quiz, Face.DISPLAY, width=690, tries=((18, 1),))
    pen.paragraph(lines, style, (MIDDLE, 336), INK_SOFT, align=0.5)
