"""From "보내기" to the first word on screen, at idle: a real browser, the real site, the real model.

The clock runs inside the page: from the click to the first character in the newest reply's text.
"""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import system_chromium
from tests.e2e.pages import wait_for_reply
from tests.e2e.site import Site, chromium_arguments

ROUNDS = 10
PROMPTS = ("오늘 너무 피곤해", "점심 뭐 먹을까?", "코드 리뷰가 무서워")

# Clicks send and resolves with the milliseconds until a reply that was not there before has text.
_CLOCK = """
() => new Promise(resolve => {
  const texts = () => [...document.querySelectorAll('[id^="text-"]')];
  const before = new Set(texts().map(element => element.id));
  const begin = performance.now();
  new MutationObserver((_, observer) => {
    const fresh = texts().find(element => !before.has(element.id));
    if (fresh && fresh.textContent.trim()) { observer.disconnect(); resolve(performance.now() - begin); }
  }).observe(document.body, {childList: true, subtree: true, characterData: true});
  [...document.querySelectorAll('button')].find(button => button.textContent.includes('보내기')
    || button.getAttribute('aria-label') === '보내기').click();
})
"""


def run() -> list[dict]:
    """One row per persona: median, fastest and slowest of ROUNDS messages."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Site(Path(folder))
        try:
            site.start()
            browser = playwright.chromium.launch(executable_path=system_chromium(), args=list(chromium_arguments()))
            return [_measure(browser.new_page(base_url=site.url), persona) for persona in ("egen", "teto")]
        finally:
            site.stop()


def _measure(page: Page, persona: str) -> dict:
    times = []
    page.goto(f"/chat/{persona}/")
    for number in range(ROUNDS + 1):
        if number and number % 5 == 0:  # short conversations, as people have
            page.get_by_role("button", name="새 대화").click()
        page.get_by_role("textbox", name="메시지").fill(PROMPTS[number % len(PROMPTS)])
        times.append(page.evaluate(_CLOCK))
        wait_for_reply(page)
    measured = times[1:]  # the first one loads the adapter
    return {
        "persona": persona,
        "messages": len(measured),
        "median_ms": round(statistics.median(measured)),
        "fastest_ms": round(min(measured)),
        "slowest_ms": round(max(measured)),
    }
