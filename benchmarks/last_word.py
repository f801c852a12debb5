"""From the engine's last token to the last word on screen: a real browser, beside the time that the engine took.

One page is watched in Chromium, the other chats are sockets alone: sixteen pages would compete for the machine with
the worker that writes for them, as sixteen phones don't. The page notes the wall clock at every change of the newest
reply's text; the worker's clock is the same machine's. `overhead` is how much longer than the worker the page waits,
from sending its message to its last word.
"""

import asyncio
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from benchmarks._chats import LONG_STORY, Visitor, talk, visitors, work_done
from tests.e2e.conftest import system_chromium
from tests.e2e.site import Site, chromium_arguments

CHATS = (1, 16)
ROUNDS = 5

_OPENED = 'window.opened = new Promise(done => document.addEventListener("htmx:wsOpen", () => done(true)))'

# Sends what stands in the field, and resolves when the reply has its last form: its id, and the milliseconds of the
# wall clock at the sending and at each change of its words.
_SEND_AND_WATCH = """
() => new Promise(resolve => {
  const changes = [];
  let words = "";
  const begun = Date.now();
  new MutationObserver((_, observer) => {
    const text = [...document.querySelectorAll(".reply__text")].at(-1);
    if (!text) return;
    if (text.textContent !== words) {
      words = text.textContent;
      changes.push(Date.now());
    }
    if (!changes.length || text.parentElement.ariaBusy === "true") return;
    observer.disconnect();
    resolve({ reply: text.id.replace("text-", ""), begun, changes });
  }).observe(document.getElementById("log"), { childList: true, subtree: true, characterData: true });
  document.getElementById("composer").requestSubmit();
})
"""


@dataclass(frozen=True)
class Seen:
    """What the watched page saw of one reply, in seconds of the wall clock."""

    reply: str
    begun: float
    changes: list[float]


def run() -> list[dict]:
    """One row for each number of chats at a time: medians over ROUNDS replies, each in a page of its own."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            site.start()
            asyncio.run(_rounds(site, 1, rounds=1))  # the first reply of all is slower
            return [_measure(site, chats) for chats in CHATS]
        finally:
            site.stop()


def _measure(site: Site, chats: int) -> dict:
    seen = asyncio.run(_rounds(site, chats, ROUNDS))
    work = work_done(site)
    engine_s = statistics.median(work[one.reply].seconds for one in seen)
    page_s = statistics.median(one.changes[-1] - one.begun for one in seen)
    lags = [one.changes[-1] - work[one.reply].ended for one in seen]
    rates = [len(one.changes) / (one.changes[-1] - one.changes[0]) for one in seen]
    return {
        "chats": chats,
        "replies": len(seen),
        "engine_s": round(engine_s, 2),
        "page_s": round(page_s, 2),
        "overhead": round(page_s / engine_s - 1, 3),
        "last_word_ms": round(1000 * statistics.median(lags)),
        "slowest_last_word_ms": round(1000 * max(lags)),
        "changes_a_second": round(statistics.median(rates), 1),
    }


async def _rounds(site: Site, chats: int, rounds: int) -> list[Seen]:
    """So many rounds, in each of which everybody sends one message at once. Returns what the watched pages saw."""
    newcomers = visitors(site, chats * rounds)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=system_chromium(), args=list(chromium_arguments()))
        companies = [newcomers[first : first + chats] for first in range(0, len(newcomers), chats)]
        return [await _round(site, browser, *company) for company in companies]


async def _round(site: Site, browser: Browser, watched: Visitor, *others: Visitor) -> Seen:
    context = await browser.new_context(base_url=site.url, locale="ko-KR", viewport={"width": 390, "height": 844})
    await context.add_cookies([{"name": "visitor", "value": watched.cookie, "url": site.url}])
    page = await context.new_page()
    await page.add_init_script(_OPENED)
    await page.goto(f"/chats/{watched.conversation}/")
    await page.evaluate("() => opened")
    await page.get_by_role("textbox", name="메시지").fill(LONG_STORY)
    talks = asyncio.gather(*map(talk, others))
    seen = await page.evaluate(_SEND_AND_WATCH)
    await talks
    await context.close()
    return Seen(seen["reply"], seen["begun"] / 1000, [change / 1000 for change in seen["changes"]])
