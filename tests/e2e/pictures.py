"""What the walks saw, kept in var/test-artifacts/ for people to look at: pages on their way, and those of a failure."""

import re
from contextlib import suppress
from itertools import product
from typing import Literal

from playwright.sync_api import Browser, Error, Page, ViewportSize

from tests.e2e.site import ROOT

ARTIFACTS = ROOT / "var" / "test-artifacts"
SCREENS: tuple[ViewportSize, ...] = ({"width": 390, "height": 844}, {"width": 1280, "height": 900})
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def keep_pictures(page: Page, name: str) -> None:
    """Keep the page as it stands, whole: on a phone and on a desk, in light and in dark.

    Fails where something is wider than the screen.
    """
    before = page.viewport_size
    for screen, scheme in product(SCREENS, SCHEMES):
        page.set_viewport_size(screen)
        width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert width <= screen["width"], f"{name} runs off the screen"
        # As high as the page: what sticks to the screen's edge hides nothing then.
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=ARTIFACTS / f"{name}-{width}-{scheme}.png", animations="disabled")
    page.emulate_media(color_scheme=None)
    if before:
        page.set_viewport_size(before)


def keep_screenshot(page: Page, name: str) -> None:
    """Keep the page as it stands, whole, on the screen that it has."""
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True, animations="disabled")


def keep_evidence(browser: Browser, test: str) -> None:
    """Of a test that failed: each of its pages, and beside it what its scripts said."""
    for number, page in enumerate((page for context in browser.contexts for page in context.pages), 1):
        evidence = ARTIFACTS / f"failed-{_as_name(test)}-{number}"
        with suppress(Error):  # a page that crashed has no picture
            page.screenshot(path=evidence.with_suffix(".png"))
            said = [f"{message.type}: {message.text}" for message in page.console_messages()]
            errors = [f"uncaught: {error}" for error in page.page_errors()]
            evidence.with_suffix(".log").write_text("\n".join([page.url, *said, *errors]))


def forget_evidence(test: str) -> None:
    """Away with what an earlier run of this test left."""
    for old in ARTIFACTS.glob(f"failed-{_as_name(test)}-*"):
        old.unlink()


def _as_name(test: str) -> str:
    return re.sub(r"\W+", "-", test).strip("-")
