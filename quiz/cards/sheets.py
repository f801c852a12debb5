"""The sheets that cards are written on: paper, frame and portrait, one for each shape and kind.

A match has one sheet, and the two portraits are laid upon it; a team has one with the ground of its map. All are drawn
in templates/cards/ as SVG and kept as PNG (`scripts/card_sheets.py` makes them), so that a server needs no SVG library.
Each PNG carries the hash of the SVG it was made from; a test compares the two.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.template.loader import render_to_string
from PIL import Image

from quiz.cards.shapes import Shape
from quiz.cards.team_map import TEAM_MAP
from quiz.scoring import Kind

FOLDER = Path(__file__).parent / "pictures"
MADE_FROM = "svg-sha256"  # the PNG's text field


@dataclass(frozen=True)
class Drawing:
    """An SVG template and the PNG that is kept of it."""

    name: str
    template: str
    size: tuple[int, int]
    kind: Kind | None = None

    @property
    def path(self) -> Path:
        """The PNG."""
        return FOLDER / f"{self.name}.png"

    @property
    def svg(self) -> str:
        """The drawing that the PNG is made from."""
        context = {"kind": self.kind, "portrait": f"characters/{self.kind}.svg.html", "map": TEAM_MAP}
        return render_to_string(f"cards/{self.template}.svg.html", context)

    @property
    def svg_hash(self) -> str:
        """What MADE_FROM says in the PNG of this drawing."""
        return hashlib.sha256(self.svg.encode()).hexdigest()

    def open(self) -> Image.Image:
        """A fresh copy of the PNG to write on."""
        with Image.open(self.path) as picture:
            return picture.convert("RGBA" if self.is_transparent else "RGB")

    @property
    def is_transparent(self) -> bool:
        """Whether it is laid upon a sheet."""
        return self.template == "portrait"


SHEETS = {(shape, kind): Drawing(f"{shape}-{kind}", shape, shape.size, kind) for shape in Shape for kind in list(Kind)}
PORTRAITS = {kind: Drawing(f"portrait-{kind}", "portrait", (256, 192), kind) for kind in list(Kind)}
MATCH_SHEET = Drawing("match", "match", (800, 400))
TEAM_SHEET = Drawing("team", "team", (800, 400))
PAIR_SHEET = Drawing("pair", "pair", (1080, 1350))  # for the chat's arena (personas.arena.picture)
DRAWINGS = [*SHEETS.values(), *PORTRAITS.values(), MATCH_SHEET, TEAM_SHEET, PAIR_SHEET]
