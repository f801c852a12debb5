"""Draw the sheets of the share cards anew: `python scripts/card_sheets.py`, after a drawing was changed.

Why they are kept as PNG stands in quiz/cards/sheets.py. Needs the Chromium that the tests need (scripts/browser.sh).
"""

import io
import os
import shutil
import sys
from itertools import product
from pathlib import Path

import django
from PIL import Image, PngImagePlugin
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from quiz.cards.shapes import Shape  # noqa: E402
from quiz.cards.sheets import MADE_FROM, sheet_path, sheet_svg, svg_hash  # noqa: E402
from quiz.scoring import Kind  # noqa: E402


def photograph(page: Page, svg: str, shape: Shape) -> Image.Image:
    """The drawing as Chromium shows it, in 256 colours: it has few, and Git keeps every version."""
    page.set_viewport_size({"width": shape.size[0], "height": shape.size[1]})
    page.set_content(f"<style>body {{ margin: 0 }} body > svg {{ display: block }}</style>{svg}")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(256, dither=Image.Dither.NONE)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for shape, kind in product(Shape, Kind):
            svg = sheet_svg(shape, kind)
            source = PngImagePlugin.PngInfo()
            source.add_text(MADE_FROM, svg_hash(svg))
            photograph(page, svg, shape).save(sheet_path(shape, kind), pnginfo=source, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
