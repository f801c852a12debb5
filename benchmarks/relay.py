"""What lies between the worker and the page: whole replies over sockets beside the time that the worker took for them.

`overhead` is how much longer than the worker, from taking up a reply to saving its text, a page waits from sending
its message to the reply's last form: the way to the worker, the stream in Redis and the way back. What the browser
takes to draw is not in it (`first_word` has that). Pages are fetched over HTTP all the while, one after the other.
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks._chats import Page, message, pages
from benchmarks._http_client import Browser
from tests.e2e.site import Site

CHATS = (1, 16)
ROUNDS = 3
_TIMES = """
from personas.chat.models import Reply
for reply in Reply.objects.filter(status="done"):
    print((reply.finished_at - reply.started_at).total_seconds())
Reply.objects.all().delete()
"""


def run() -> list[dict]:
    """One row for each number of chats at a time: medians over all replies of ROUNDS rounds."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            site.start()
            asyncio.run(_round(site, pages(site, 1)))  # the first reply of all is slower
            site.shell(_TIMES)
            return [_measure(site, chats) for chats in CHATS]
        finally:
            site.stop()


def _measure(site: Site, chats: int) -> dict:
    replies, looks = [], []
    for _ in range(ROUNDS):
        talked, looked = asyncio.run(_round(site, pages(site, chats)))
        replies += talked
        looks += looked
    worker = [float(line) for line in site.shell(_TIMES).split()]
    page_s, worker_s = statistics.median(end for _first, end, _n in replies), statistics.median(worker)
    return {
        "chats": chats,
        "replies": len(replies),
        "worker_s": round(worker_s, 2),
        "page_s": round(page_s, 2),
        "overhead": round(page_s / worker_s - 1, 3),
        "first_words_ms": round(1000 * statistics.median(first for first, _end, _n in replies)),
        "flushes_a_second": round(statistics.median(n / (end - first) for first, end, n in replies), 1),
        "http_p99_ms": round(1000 * statistics.quantiles(looks, n=100)[98]),
    }


async def _round(site: Site, visitors: list[Page]) -> tuple[list[tuple[float, float, int]], list[float]]:
    """Everybody sends one message at once. Returns what `_talk` saw of each, and the seconds of each page fetched."""
    talks = asyncio.gather(*map(_talk, visitors))
    looks, browser = [], Browser(site.port)
    while not talks.done():
        begun = time.perf_counter()
        await browser.get("/about/")
        looks.append(time.perf_counter() - begun)
        await asyncio.sleep(0.02)
    browser.close()
    return await talks, looks


async def _talk(page: Page) -> tuple[float, float, int]:
    """Send a message and read the reply. Returns the seconds until its first words and its end, and its flushes."""
    async with page() as socket:
        begun = time.perf_counter()
        await socket.send(json.dumps(message("옛날이야기를 아주 길게 해 줘")))
        first, flushes = 0.0, 0
        while True:
            html = str(await asyncio.wait_for(socket.recv(), 120))
            if ":#text-" in html:
                first = first or time.perf_counter() - begun
                flushes += 1
            elif first and 'id="composer-state"' in html and '"stop"' not in html:
                return first, time.perf_counter() - begun, flushes
