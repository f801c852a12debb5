"""The sheets that cards are written on: paper, frame and portrait, one for each shape and kind.

They are drawn in templates/cards/ as SVG and kept as PNG (`scripts/card_sheets.py` makes them), so that a server needs
no SVG library. Each PNG carries the hash of the SVG it was made from; a test compares the two.
"""

import hashlib
from pathlib import Path

from django.template.loader import render_to_string
from PIL import Image

from quiz.cards.shapes import Shape
from quiz.scoring import Kind

FOLDER = Path(__file__).parent / "pictures"
MADE_FROM = "svg-sha256"  # the PNG's text field


def sheet_path(shape: Shape, kind: Kind) -> Path:
    """The PNG of a sheet."""
    return FOLDER / f"{shape}-{kind}.png"


def sheet_svg(shape: Shape, kind: Kind) -> str:
    """The drawing that a sheet is made from."""
    return render_to_string(f"cards/{shape}.svg.html", {"kind": kind, "portrait": f"characters/{kind}.svg.html"})


def svg_hash(svg: str) -> str:
    """What MADE_FROM says for this drawing."""
    return hashlib.sha256(svg.encode()).hexdigest()


def open_sheet(shape: Shape, kind: Kind) -> Image.Image:
    """A fresh copy to write on."""
    with Image.open(sheet_path(shape, kind)) as picture:
        return picture.convert("RGB")
