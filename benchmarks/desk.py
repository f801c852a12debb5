"""How long a curator waits between two pairs: from a key to the next pair on screen that takes a key, in a browser.

Reading is not in it: a hundred pairs in ten minutes leave six seconds a pair, and this is what the site takes of them.
"""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import system_chromium
from tests.e2e.site import Site, chromium_arguments

PAIRS = 90
KEYS = {"approve": "KeyA", "reject": "KeyR", "skip": "KeyK"}
ROUNDS = PAIRS // len(KEYS) - 2  # skipped pairs stay, so that the last round still finds one
USER, PASSWORD = "curator", "long enough for a benchmark"
SEED = f"""
import json
from django.contrib.auth.models import User
from personas.curation.services import pairs_import
User.objects.create_superuser({USER!r}, password={PASSWORD!r})
texts = "고민 {{}}번이야", "고생 많았어, {{}}개면 지쳤겠다ㅠㅠ", "{{}}개쯤은 누구나 해."
names = "prompt", "chosen", "rejected"
rows = [dict(zip(names, (text.format(number) for text in texts))) for number in range({PAIRS})]
pairs_import(persona="egen", lines=[json.dumps(row) for row in rows])
"""

# Presses a key; resolves with the milliseconds until another pair stands there and the desk takes keys again, and with
# the server's own part of them.
_CLOCK = """
(code) => new Promise(resolve => {
  const pair = () => document.getElementById("desk").dataset.pair;
  const before = pair();
  const begin = performance.now();
  document.addEventListener("htmx:afterSettle", function settled() {
    if (pair() === before) return;
    document.removeEventListener("htmx:afterSettle", settled);
    const asked = performance.getEntriesByType("resource").filter(entry => entry.initiatorType === "xmlhttprequest");
    resolve({ms: performance.now() - begin, server: asked.at(-1).responseEnd - asked.at(-1).requestStart});
  });
  document.body.dispatchEvent(new KeyboardEvent("keydown", {code, bubbles: true}));
})
"""


def run() -> list[dict]:
    """One row per key: median and slowest of ROUNDS decisions, and the median of the server's part."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Site(Path(folder))
        try:
            site.start_web_alone(SEED)
            browser = playwright.chromium.launch(executable_path=system_chromium(), args=list(chromium_arguments()))
            page = browser.new_page(base_url=site.url)
            _open_queue(page)
            return [_measure(page, deed, key) for deed, key in KEYS.items()]
        finally:
            site.stop()


def _open_queue(page: Page) -> None:
    page.goto("/admin/curation/preferencepair/queue/")
    page.locator("input[name=username]").fill(USER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#desk").wait_for()


def _measure(page: Page, deed: str, key: str) -> dict:
    times = [page.evaluate(_CLOCK, key) for _ in range(ROUNDS)]
    waited = [time["ms"] for time in times]
    return {
        "deed": deed,
        "pairs": len(times),
        "median_ms": round(statistics.median(waited)),
        "slowest_ms": round(max(waited)),
        "of_it_server_ms": round(statistics.median(time["server"] for time in times)),
    }
