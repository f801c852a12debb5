"""What a card is written with: paragraphs, and shapes with round corners. Places and sizes are pixels."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from quiz.cards.lettering import Style

INK = "#2e2420"
LEADING = 1.26  # from one baseline to the next, in sizes of the letters
SMOOTH = 4  # shapes are drawn this much larger and scaled down, as Pillow's own edges are jagged

Box = tuple[int, int, int, int]


class Pen:
    """Writes on one picture."""

    def __init__(self, picture: Image.Image) -> None:
        self._picture = picture
        self._draw = ImageDraw.Draw(picture)

    def png(self) -> bytes:
        """The picture as PNG."""
        file = io.BytesIO()
        self._picture.save(file, "PNG")
        return file.getvalue()

    def line(self, text: str, style: Style, at: tuple[float, float], fill: str = INK, *, align: float = 0) -> None:
        """One line on the baseline at `at`: from there on (align 0), around it (0.5), or up to it (1)."""
        style.write(self._draw, at, text, fill, align=align)

    def paragraph(
        self, lines: Sequence[str], style: Style, at: tuple[int, int], fill: str = INK, *, align: float = 0
    ) -> int:
        """Lines below `at`, aligned to it; returns the height where the next thing may begin."""
        x, y = at
        for line in lines:
            self.line(line, style, (x, y + style.size), fill, align=align)
            y += round(style.size * LEADING)
        return y

    def rounded(self, box: Box, fill: str, *, edge: int, radius: int | None = None, share: float = 1) -> None:
        """The left share of a box with an ink edge and round corners (round ends, unless a radius is given)."""
        left, top, right, bottom = box
        width, height = right - left, bottom - top
        patch = self._picture.crop(box).resize((width * SMOOTH, height * SMOOTH))
        whole = (0, 0, patch.width - 1, patch.height - 1)
        corner = radius or height // 2
        ImageDraw.Draw(patch).rounded_rectangle(whole, corner * SMOOTH, fill, INK, edge * SMOOTH)
        patch = patch.resize((width, height), Image.Resampling.BOX)
        self._picture.paste(patch.crop((0, 0, round(width * share), height)), (left, top))
