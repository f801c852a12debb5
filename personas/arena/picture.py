"""One message with both answers, as a picture to pass on. It says that AI characters wrote them."""

from dataclasses import dataclass

from quiz.cards.drawing import EGEN, EGEN_SOFT, INK_SOFT, TETO, TETO_SOFT
from quiz.cards.lettering import Face, Style, fit
from quiz.cards.pen import INK, LEADING, Box, Pen
from quiz.cards.sheets import PAIR_SHEET
from quiz.cards.store import one_at_a_time

PAPER = "#fffaf0"
MARGIN = 44  # inside a bubble, left and right
MOST_CHARACTERS = 200

Sizes = tuple[tuple[int, int], ...]  # of letters, with the most lines that a bubble holds of them
SIZES: Sizes = ((54, 2), (46, 3), (40, 4), (36, 5), (32, 6))


@dataclass(frozen=True)
class Pair:
    """A message and what both answered."""

    message: str
    egen: str
    teto: str


def draw_pair(pair: Pair) -> bytes:
    """The picture as PNG, in Korean like every picture that is passed on."""
    pen = Pen(PAIR_SHEET.open())
    with one_at_a_time:
        _write(pen, pair)
    return pen.png()


def _write(pen: Pen, pair: Pair) -> None:
    message, egen, teto = (_at_most(text) for text in (pair.message, pair.egen, pair.teto))
    _bubble(pen, message, (70, 70, 1010, 340), fill=INK, ink=PAPER, sizes=SIZES)
    largest = min(_fit(text, 670, SIZES)[0].size for text in (egen, teto))  # neither speaks in larger letters
    sizes = tuple(size for size in SIZES if size[0] <= largest)
    pen.line("에겐이", Style(Face.DISPLAY, 44), (352, 424), EGEN)
    _bubble(pen, egen, (340, 446, 1010, 750), fill=EGEN_SOFT, ink=INK, sizes=sizes)
    pen.line("테토", Style(Face.DISPLAY, 44), (728, 854), TETO, align=1)
    _bubble(pen, teto, (70, 876, 740, 1180), fill=TETO_SOFT, ink=INK, sizes=sizes)
    pen.line("AI 캐릭터가 쓴 답이에요", Style(Face.BODY, 34), (540, 1234), INK_SOFT, align=0.5)
    pen.line("에겐·테토", Style(Face.DISPLAY, 42), (540, 1286), align=0.5)


def _at_most(text: str) -> str:
    """Breaking into lines takes long for a long text, and more than this is never shown."""
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS].rstrip()}…"


def _fit(text: str, width: int, sizes: Sizes) -> tuple[Style, list[str]]:
    return fit(text, Face.BODY, width=width - 2 * MARGIN, tries=sizes)


def _bubble(pen: Pen, text: str, box: Box, *, fill: str, ink: str, sizes: Sizes) -> None:
    """Words in the middle of a round box, as large as they fit; a long text is cut short."""
    left, top, right, bottom = box
    pen.rounded(box, fill, edge=5, radius=44)
    style, lines = _fit(text, right - left, sizes)
    height = round(len(lines) * style.size * LEADING)
    pen.paragraph(lines, style, (left + MARGIN, (top + bottom - height) // 2), ink)
