"""What lies between the worker and the page: whole replies over sockets beside the time that the worker took for them.

`overhead` is how much longer than the worker, from taking up a reply to saving its text, a page waits from sending
its message to the reply's last form: the way to the worker, the stream in Redis and the way back. What the browser
takes is not in it (`first_word` and `last_word` have that). Pages are fetched over HTTP all the while, one after the
other.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks._chats import Talk, Visitor, talk, visitors, work_done
from benchmarks._http_client import Browser
from tests.e2e.site import Site

CHATS = (1, 16)
ROUNDS = 3


def run() -> list[dict]:
    """One row for each number of chats at a time: medians over all replies of ROUNDS rounds."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            site.start()
            asyncio.run(_round(site, visitors(site, 1)))  # the first reply of all is slower
            work_done(site)
            return [_measure(site, chats) for chats in CHATS]
        finally:
            site.stop()


def _measure(site: Site, chats: int) -> dict:
    talks: list[Talk] = []
    looks: list[float] = []
    for _ in range(ROUNDS):
        talked, looked = asyncio.run(_round(site, visitors(site, chats)))
        talks += talked
        looks += looked
    worker_s = statistics.median(work.seconds for work in work_done(site).values())
    page_s = statistics.median(one.end for one in talks)
    return {
        "chats": chats,
        "replies": len(talks),
        "worker_s": round(worker_s, 2),
        "page_s": round(page_s, 2),
        "overhead": round(page_s / worker_s - 1, 3),
        "first_words_ms": round(1000 * statistics.median(one.first for one in talks)),
        "flushes_a_second": round(statistics.median(one.flushes / (one.end - one.first) for one in talks), 1),
        "http_p99_ms": round(1000 * statistics.quantiles(looks, n=100)[98]),
    }


async def _round(site: Site, everybody: list[Visitor]) -> tuple[list[Talk], list[float]]:
    """Everybody sends one message at once. Returns what each saw, and the seconds of each page fetched."""
    talks = asyncio.gather(*map(talk, everybody))
    looks, browser = [], Browser(site.port)
    while not talks.done():
        begun = time.perf_counter()
        await browser.get("/about/")
        looks.append(time.perf_counter() - begun)
        await asyncio.sleep(0.02)
    browser.close()
    return await talks, looks
