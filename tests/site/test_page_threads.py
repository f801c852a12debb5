"""Pages are written in a few lasting threads; probes and static files do not wait for one."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config import whole_requests
from config.asgi import PAGE_THREADS, PICTURE_THREADS, application
from config.health import healthz
from config.static_files import with_static_files

may_go_on = threading.Event()
threads: set[int] = set()


def slow(request: HttpRequest) -> HttpResponse:
    threads.add(threading.get_ident())
    may_go_on.wait(20)
    return HttpResponse("at last")


def fast(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


@csrf_exempt
def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


urlpatterns = [
    path("echo/", echo),
    path("slow/", slow),
    path("slow.png", slow),
    path("fast/", fast),
    path("healthz", healthz),
]


def ask(address: str, app=application, method: str = "GET") -> ApplicationCommunicator:
    scope = {
        "type": "http",
        "method": method,
        "path": address,
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
    }
    return ApplicationCommunicator(
        app, {**scope, "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9), "scheme": "http"}
    )


async def answer_to(request: ApplicationCommunicator) -> tuple[int, dict[bytes, bytes], bytes]:
    await request.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await request.receive_output(20)
    body, more = b"", True
    while more:
        piece = await request.receive_output(20)
        body, more = body + piece.get("body", b""), piece.get("more_body", False)
    return start["status"], dict(start["headers"]), body


@pytest.fixture(autouse=True)
def nobody_waits() -> Iterator[None]:
    may_go_on.clear()
    threads.clear()
    yield
    may_go_on.set()


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
async def test_however_many_pictures_are_drawn_a_page_comes():
    pictures = [asyncio.create_task(answer_to(ask("/slow.png"))) for _ in range(PAGE_THREADS)]
    while len(threads) < PICTURE_THREADS:
        await asyncio.sleep(0.02)
    assert (await answer_to(ask("/fast/")))[2] == b"a page"
    may_go_on.set()
    assert {(await picture)[2] for picture in pictures} == {b"at last"}


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
async def test_a_probe_answers_while_every_page_thread_is_busy_and_no_page_is_lost():
    pages = [asyncio.create_task(answer_to(ask("/slow/"))) for _ in range(PAGE_THREADS + 2)]
    while len(threads) < PAGE_THREADS:
        await asyncio.sleep(0.02)
    assert (await answer_to(ask("/healthz")))[0] == 200
    assert not any(page.done() for page in pages)
    may_go_on.set()
    assert {(await page)[2] for page in pages} == {b"at last"}
    assert len(threads) == PAGE_THREADS


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
async def test_whoever_sends_slowly_keeps_no_thread():
    dawdlers = [ask("/echo/", method="POST") for _ in range(PAGE_THREADS + 2)]
    for dawdler in dawdlers:
        await dawdler.send_input({"type": "http.request", "body": b"a lo", "more_body": True})
    assert (await answer_to(ask("/fast/")))[2] == b"a page"
    for dawdler in dawdlers[1:]:
        await dawdler.send_input({"type": "http.request", "body": b"ng story", "more_body": False})
        assert (await dawdler.receive_output(20))["status"] == 200
        assert (await dawdler.receive_output(20))["body"] == b"a long story"
    await dawdlers[0].send_input({"type": "http.disconnect"})
    await dawdlers[0].wait()
    assert await dawdlers[0].receive_nothing()


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
async def test_a_long_upload_comes_whole(monkeypatch):
    upload = bytes(range(256)) * 8_000
    monkeypatch.setattr(whole_requests, "LARGEST_BODIES", (("/echo/", len(upload)),))
    request = ask("/echo/", method="POST")
    await request.send_input({"type": "http.request", "body": upload, "more_body": False})
    assert (await request.receive_output(20))["status"] == 200
    assert (await request.receive_output(20))["body"] == upload


@pytest.mark.parametrize(("name", "kept"), [("site.0123456789ab.css", b"immutable"), ("site.css", b"max-age=60")])
async def test_a_static_file_whose_name_holds_its_hash_is_kept_for_good(tmp_path, name, kept):
    (tmp_path / name).write_text("a {}")
    with override_settings(STATIC_ROOT=tmp_path):
        files = with_static_files(application)
    status, headers, body = await answer_to(ask(f"/static/{name}", files))
    assert (status, body, headers[b"x-content-type-options"]) == (200, b"a {}", b"nosniff")
    assert kept in headers[b"cache-control"]
