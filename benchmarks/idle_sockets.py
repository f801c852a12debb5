"""What open chat pages cost that nobody writes in: the web process's memory, and its time while they stay open."""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

from benchmarks._chats import Visitor, visitors
from tests.e2e.site import Site

SOCKETS = (100, 500)
SECONDS = 10


def run() -> list[dict]:
    """One row for each number of sockets, beside none."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            site.start_web_alone()
            web = psutil.Process(site.processes["web"].pid)
            everybody = visitors(site, max(SOCKETS))
            asyncio.run(_hold(web, everybody[:10]))  # what is loaded with the first page is not theirs
            return [asyncio.run(_hold(web, everybody[:count])) for count in (0, *SOCKETS)]
        finally:
            site.stop()


async def _hold(web: psutil.Process, everybody: list[Visitor]) -> dict:
    """Open a page for each, leave them open, and see what the process takes meanwhile."""
    begun = time.perf_counter()
    async with AsyncExitStack() as open_pages:
        for visitor in everybody:
            socket = await open_pages.enter_async_context(visitor.socket())
            await socket.recv()  # its log: the page stands
        opened = time.perf_counter() - begun
        before = sum(web.cpu_times()[:2])
        await asyncio.sleep(SECONDS)
        return {
            "sockets": len(everybody),
            "opened_in_s": round(opened, 1),
            "rss_mb": round(web.memory_info().rss / 2**20),
            "cpu_percent": round(100 * (sum(web.cpu_times()[:2]) - before) / SECONDS, 1),
        }
