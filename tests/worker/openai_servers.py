"""Two OpenAI-compatible servers for tests: a real one, and one that misbehaves as it is told."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from config.serving.embedded_redis import free_port
from inference_worker.base_model import BaseModel
from inference_worker.remote import RemoteEngine

START_SECONDS = 240  # it imports torch, on a machine that may be busy


@contextmanager
def engine_at(url: str, base: BaseModel) -> Iterator[RemoteEngine]:
    """An engine whose replies the server at `url` writes; it leaves no thread and no task behind."""
    engine = RemoteEngine(base, url=url, slots=4)
    yield engine
    engine.stop()
    assert not engine._thread.is_alive() and not engine._tasks


class TransformersServe:
    """`transformers serve` in a process of its own. Every folder in `models` is a model of that name."""

    def __init__(self, models: Path) -> None:
        self.models = models
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Returns when it answers. Raises RuntimeError, with what it printed, if it does not."""
        self._log = (self.models / "serve.log").open("wb")
        self._process = subprocess.Popen(
            [Path(sys.executable).with_name("transformers"), "serve", "--device", "cpu"]
            + ["--host", "127.0.0.1", "--port", str(self.port)],
            cwd=self.models,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"transformers serve did not start: {self.said()}")
            time.sleep(0.2)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._log.close()

    def said(self) -> str:
        """The end of what it printed."""
        return (self.models / "serve.log").read_text(errors="replace")[-3000:]

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2):
            return True
        return False


class ScriptedServer:
    """Answers as the test says: `answers[path]` is called with a Connection. `asked` keeps path and body of POSTs."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Connection], None]] = {}
        self.asked: list[tuple[str, dict]] = []
        self.keys: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02])
        self._thread.start()

    def chat(self, answer: "Callable[[Connection], None]") -> None:
        """How chats are answered from now on."""
        self.answers["/v1/chat/completions"] = answer

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        script = self

        class Connection_(Connection):
            def do_POST(self) -> None:
                self.body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                script.asked.append((self.path, self.body))
                script.keys.append(self.headers["authorization"])
                self.do_GET()

            def do_GET(self) -> None:
                script.answers.get(self.path, lambda c: c.refuse(404, {"detail": "Not Found"}))(self)

        return Connection_


class Connection(BaseHTTPRequestHandler):
    """One request, and the ways to answer it."""

    protocol_version = "HTTP/1.1"
    body: dict

    def refuse(self, status: int, words: dict | str) -> None:
        """A whole answer that is no stream."""
        content = (words if isinstance(words, str) else json.dumps(words)).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def begin(self) -> None:
        """The head of a stream, as uvicorn sends it."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def send(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, chunk: dict | str) -> None:
        text = chunk if isinstance(chunk, str) else json.dumps(chunk, ensure_ascii=False)
        self.send(f"data: {text}\n\n".encode())

    def say(self, text: str, finish: str | None = None) -> None:
        """One chunk of the reply."""
        self.event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]})

    def end(self) -> None:
        """The orderly end of the stream."""
        self.send(b"")

    def break_off(self) -> None:
        """Close the connection in the middle of the stream."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def wait_for_close(self, seconds: float) -> bool:
        """True when the client has closed the connection within `seconds`."""
        self.connection.settimeout(seconds)
        self.close_connection = True
        try:
            return self.connection.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def log_message(self, *args) -> None:
        """Tests need no access log."""
