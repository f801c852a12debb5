"""Draw the sheets of the share cards anew: `python scripts/card_sheets.py`, after a drawing was changed.

Why they are kept as PNG stands in quiz/cards/sheets.py. Needs the Chromium that the tests need (scripts/browser.sh).
"""

import io
import os
import shutil
import sys
from pathlib import Path

import django
from PIL import Image, PngImagePlugin
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from quiz.cards.sheets import DRAWINGS, MADE_FROM, Drawing  # noqa: E402


def photograph(page: Page, drawing: Drawing) -> Image.Image:
    """The drawing as Chromium shows it, in 256 colours: it has few, and Git keeps every version."""
    page.set_viewport_size({"width": drawing.size[0], "height": drawing.size[1]})
    page.set_content(f"<style>body {{ margin: 0 }} body > svg {{ display: block }}</style>{drawing.svg}")
    picture = Image.open(io.BytesIO(page.screenshot(omit_background=drawing.is_transparent)))
    if drawing.is_transparent:
        return picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    return picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for drawing in DRAWINGS:
            source = PngImagePlugin.PngInfo()
            source.add_text(MADE_FROM, drawing.svg_hash)
            photograph(page, drawing).save(drawing.path, pnginfo=source, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
