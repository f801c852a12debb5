"""Pictures of what the browser tests saw, kept for people to look at."""

from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[2] / "var" / "test-artifacts"


def keep_screenshot(page: Page, name: str) -> None:
    """Keep the whole page as var/test-artifacts/<name>.png; the next run replaces it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True, animations="disabled")
