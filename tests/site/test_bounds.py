"""What one sender can take of the web process is bounded: a body, a head, and sockets."""

import asyncio
import socket
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
import uvicorn
from asgiref.testing import ApplicationCommunicator

from config import patient_http, whole_requests
from config.patient_http import PatientHttp
from config.serving.embedded_redis import free_port
from config.socket_limits import OF_ONE_ADDRESS, OF_ONE_VISITOR, TRY_LATER, with_socket_limits
from config.visitors import COOKIE, signed
from config.whole_requests import largest_body, with_whole_requests


async def never_asked(scope, receive, send) -> None:
    raise AssertionError("a request that is refused reaches no page")


def post(path: str = "/") -> ApplicationCommunicator:
    scope = {"type": "http", "method": "POST", "path": path, "headers": []}
    return ApplicationCommunicator(with_whole_requests(never_asked), scope)


async def test_a_body_without_end_is_refused_once_it_is_too_large():
    request, sent = post(), 0
    while sent <= largest_body("/"):
        await request.send_input({"type": "http.request", "body": b"x" * 8192, "more_body": True})
        sent += 8192
    assert (await request.receive_output(20))["status"] == 413
    assert "나누어서" in (await request.receive_output(20))["body"].decode()


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(whole_requests, "BODY_SECONDS", 0.05)
    request = post()
    await request.send_input({"type": "http.request", "body": b"x", "more_body": True})
    assert (await request.receive_output(20))["status"] == 408


def test_only_the_page_that_takes_files_takes_megabytes():
    assert largest_body("/admin/curation/preferencepair/import/") > 20 * 1024 * 1024
    assert largest_body("/quiz/general/begin/") < 100_000


@pytest.fixture
def server(monkeypatch) -> Iterator[int]:
    """The port of a web server whose patience ends soon."""
    monkeypatch.setattr(patient_http, "HEAD_SECONDS", 0.3)

    async def hello(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"hi"})

    port = free_port()
    running = uvicorn.Server(uvicorn.Config(hello, port=port, http=PatientHttp, lifespan="off", log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield port
    running.should_exit = True
    thread.join(timeout=20)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


@pytest.mark.parametrize("head", [b"", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_a_head_that_does_not_come_whole_ends_its_connection(server, head):
    with connect(server) as line:
        line.sendall(head)
        assert line.recv(1000) == b""


def test_a_head_without_end_ends_its_connection(server, monkeypatch):
    monkeypatch.setattr(patient_http, "HEAD_SECONDS", 60)
    with connect(server) as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(OSError):
            while True:
                line.sendall(b"X-A: " + b"a" * 4000 + b"\r\n")


def test_a_connection_is_kept_from_one_request_to_the_next(server):
    with connect(server) as line:
        for _ in range(2):
            line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = b""
            while not answer.endswith(b"hi"):
                answer += line.recv(1000)
            assert b"200" in answer
            time.sleep(0.5)  # longer than a head may take: it is no head that is waited for


async def stay(scope, receive, send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await asyncio.Event().wait()


async def open_sockets(count: int, address: str, cookie: str = "") -> list[ApplicationCommunicator]:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "websocket", "path": "/", "headers": headers, "client": (address, 9)}
    lines = [ApplicationCommunicator(with_socket_limits(stay), scope) for _ in range(count)]
    for line in lines:
        await line.send_input({"type": "websocket.connect"})
        assert (await line.receive_output(20))["type"] == "websocket.accept"
    return lines


async def close(lines: list[ApplicationCommunicator]) -> None:
    for line in lines:
        line.future.cancel()
    await asyncio.gather(*(line.future for line in lines), return_exceptions=True)


async def is_closed(line: ApplicationCommunicator) -> bool:
    if await line.receive_nothing():
        return False
    return (await line.receive_output(20)) == {"type": "websocket.close", "code": TRY_LATER}


async def test_one_visitor_holds_so_many_sockets_and_others_are_not_kept_out():
    one, other = (f"{COOKIE}={signed(uuid.uuid4())}" for _ in range(2))
    lines = await open_sockets(OF_ONE_VISITOR, "198.51.100.7", one)
    [refused] = await open_sockets(1, "198.51.100.8", one)
    assert await is_closed(refused)
    [neighbour] = await open_sockets(1, "198.51.100.7", other)
    assert not await is_closed(neighbour)
    await close([*lines, neighbour])
    [again] = await open_sockets(1, "198.51.100.7", one)
    assert not await is_closed(again)
    await close([again])


async def test_one_address_holds_more_but_not_any_number():
    lines = await open_sockets(OF_ONE_ADDRESS, "198.51.100.9")
    [refused] = await open_sockets(1, "198.51.100.9")
    assert await is_closed(refused)
    await close(lines)
