"""Pages over HTTP from one web process on one core, beside a view that does nothing and a static file.

The last core, where there are two, is the client's. Everything is measured in one run, so that the ratios hold on a
machine that others use too; `of_bare` is requests per second as a share of the bare view's.
"""

import asyncio
import os
import re
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks._http_client import Browser
from tests.e2e.site import Site

CONNECTIONS = 8
SECONDS = 5.0
VISITORS = 50
CARDS = 40

# Forty results with percentages of their own, so that no two share a picture; an open walk; a static file's name.
_SEED = f"""
import uuid
from django.contrib.staticfiles.storage import staticfiles_storage
from config.visitors import signed
from quiz.models import Attempt, Quiz, Result
from quiz.services import attempt_start
quiz = Quiz.objects.get(slug="general")
walker = uuid.uuid4()
attempt_start(quiz=quiz, visitor_id=walker)
print(signed(walker), staticfiles_storage.url("css/site.css"))
for percent in range(30, 30 + {CARDS}):
    attempt = Attempt.objects.create(quiz=quiz, visitor_id=uuid.uuid4(), order=[])
    type = quiz.types.get(kind="balanced")
    points = dict(egen_points=percent, teto_points=100 - percent, egen_percent=percent)
    print(Result.objects.create(attempt=attempt, type=type, **points).token)
"""

# The admin's files are most of all files, and no page here links one.
_NO_ADMIN = [f"--ignore={folder}" for folder in ("admin", "unfold", "import_export", "simple_history")]

Measured = tuple[list[float], float, int]  # seconds of each answer, seconds of them all, answers that were no 200


def run() -> list[dict]:
    """A row for each page, then the walk of many at once, and a page while cards are drawn."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            seeded, *tokens = _start(site)
            visitor, static_file = seeded.split()
            return asyncio.run(_measure(site.port, visitor, static_file, tokens))
        finally:
            site.stop()


def _start(site: Site) -> list[str]:
    site.redis.start()
    for command in (["migrate"], ["load_quizzes"], ["collectstatic", "--no-input", *_NO_ADMIN]):
        site.manage(*command)
    seeded = site.shell(_SEED).split("\n")
    site._start("web", "uvicorn", "benchmarks._web_site:application", "--port", str(site.port), "--no-access-log")
    first, *others = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(site.processes["web"].pid, {first})
    os.sched_setaffinity(0, others or {first})
    return [line for line in seeded if line]


async def _measure(port: int, visitor: str, static_file: str, tokens: list[str]) -> list[dict]:
    await _until_it_answers(port)
    known = {"visitor": visitor}
    pages = {
        "bare view": ("/bare/", {}),
        "static file": (static_file, {}),
        "landing": ("/", {}),
        "shared result": (f"/r/{tokens[0]}/", {}),
        "question": ("/quiz/general/1/", known),
        "card": (f"/r/{tokens[0]}/card.png", {}),
    }
    rows: list[dict] = []
    for name, (path, cookies) in pages.items():
        rows.append(_row(name, await _hammer(port, path, cookies), rows))
    rows.append(_row(f"walk of {VISITORS} at once, a step", await _walks(port), rows))
    drawing = asyncio.gather(*(_look(port, f"/r/{token}/card.png") for token in tokens[1:]))
    rows.append(_row("landing while cards are drawn", await _hammer(port, "/", {}, until=drawing), rows))
    return rows


async def _until_it_answers(port: int) -> None:
    for _ in range(300):
        try:
            await Browser(port).get("/healthz")
            return
        except OSError:
            await asyncio.sleep(0.2)
    raise AssertionError("the web process did not start")


async def _hammer(port: int, path: str, cookies: dict[str, str], until: asyncio.Future | None = None) -> Measured:
    """Ask again and again on several connections, for SECONDS or until something else is over."""
    await _look(port, path, cookies)  # warm
    begun = time.perf_counter()

    async def ask(record: Callable[[Awaitable], Awaitable]) -> None:
        browser = Browser(port, dict(cookies))
        while not until.done() if until else time.perf_counter() - begun < SECONDS:
            await record(browser.get(path))
        browser.close()

    return await _recorded([ask] * CONNECTIONS)


async def _walks(port: int) -> Measured:
    """Many visitors take the test at the same time, as htmx sends it, without a pause for thought."""
    return await _recorded([lambda record: _walk(Browser(port), record)] * VISITORS)


async def _walk(browser: Browser, record: Callable[[Awaitable], Awaitable]) -> None:
    await record(browser.get("/quiz/general/"))
    begun = await browser.post("/quiz/general/begin/", {})
    step = await record(browser.get(begun.headers["location"]))
    while "hx-redirect" not in step.headers:
        question, answer = (re.search(rf'name="{name}" value="(\d+)"', step.text) for name in ("question", "answer"))
        action = re.search(r'hx-post="([^"]+)"', step.text)
        assert question and answer and action, step.text[:300]
        data = {"question": question[1], "answer": answer[1]}
        step = await record(browser.post(action[1], data, **{"HX-Request": "true"}))
    browser.close()


async def _recorded(people: list[Callable]) -> Measured:
    times: list[float] = []
    failed = 0

    async def record(request: Awaitable):
        nonlocal failed
        begun = time.perf_counter()
        answer = await request
        times.append(time.perf_counter() - begun)
        failed += answer.status != 200
        return answer

    begun = time.perf_counter()
    await asyncio.gather(*(person(record) for person in people))
    return times, time.perf_counter() - begun, failed


async def _look(port: int, path: str, cookies: dict[str, str] | None = None) -> None:
    browser = Browser(port, dict(cookies or {}))
    await browser.get(path)
    browser.close()


def _row(name: str, measured: Measured, before: list[dict]) -> dict:
    times, seconds, failed = measured
    times.sort()
    per_second = len(times) / seconds
    bare = before[0]["requests_per_s"] if before else per_second
    return {
        "page": name,
        "requests_per_s": round(per_second),
        "of_bare": round(per_second / bare, 2),
        "p50_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "errors": failed,
    }
