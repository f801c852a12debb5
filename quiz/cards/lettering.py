"""Words on pictures, in the site's own two faces: measuring, breaking into lines, writing.

Each face is cut into files (static/fonts/README.md) that Pillow reads as they are. A character is written with the
first file that has it, and left out when none does. FreeType's faces are not safe across threads: one thread at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby

from django.conf import settings
from PIL import ImageDraw, ImageFont

ELLIPSIS = "…"
_GOWUN, _JUA = ("gowun-dodum-core", "gowun-dodum-rest"), ("jua-core", "jua-rest")


class Face(Enum):
    """A face by its font files, those it borrows from last: neither has every sign of the other."""

    BODY = _GOWUN + _JUA
    DISPLAY = _JUA + _GOWUN


@dataclass(frozen=True)
class Style:
    """How words look: face and size in pixels."""

    face: Face
    size: int

    def width(self, text: str) -> float:
        """How wide this text is, in pixels."""
        return sum(font.getlength(run) for font, run in self._runs(text))

    def write(
        self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, fill: str, *, align: float = 0
    ) -> None:
        """Write one line on the baseline at `at`: from there on (align 0), around it (0.5), or up to it (1)."""
        x = at[0] - align * self.width(text)
        for font, run in self._runs(text):
            draw.text((x, at[1]), run, fill=fill, font=font, anchor="ls")
            x += font.getlength(run)

    def _runs(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        for name, characters in groupby(text, key=lambda character: _file_with(self.face, character)):
            if name:
                yield _font(name, self.size), "".join(characters)


@lru_cache(maxsize=64)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    path = settings.BASE_DIR / "static" / "fonts" / f"{name}.woff2"
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _file_with(face: Face, character: str) -> str | None:
    """The first file that leaves ink for this character: in all of ours the sign for a missing one is blank."""
    if character == " ":
        return face.value[0]
    return next((name for name in face.value if _font(name, 20).getmask(character).getbbox()), None)


def fit(text: str, face: Face, *, width: int, tries: Sequence[tuple[int, int]]) -> tuple[Style, list[str]]:
    """Break text into lines by the first of the tries (size, most lines) that it fits; the last cuts it short."""
    for size, most in tries:
        style = Style(face, size)
        lines = _break_evenly(text, style, width)
        if len(lines) <= most and all(style.width(line) <= width for line in lines):
            return style, lines
    lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return style, [_cut_short(line, style, width) for line in lines]


def _break_evenly(text: str, style: Style, width: int) -> list[str]:
    """As few lines as the width allows, and none much shorter than the others."""
    broken = _break(text, style, width)
    for narrower in range(width, width // 2, -style.size // 4):
        again = _break(text, style, narrower)
        if len(again) > len(broken):
            break
        broken = again
    return broken


def _break(text: str, style: Style, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and style.width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cut_short(line: str, style: Style, width: int) -> str:
    if style.width(line) <= width:
        return line
    while line and style.width(line + ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS
