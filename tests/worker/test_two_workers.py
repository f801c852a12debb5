"""Two real worker processes on one machine: they want the same port for their metrics, and both serve."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from config.serving.embedded_redis import free_port
from inference_worker import tasks
from inference_worker.contracts import canary_key

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
SOON = 90  # seconds; a worker that needs this long to start has failed


class Worker:
    """One Celery process that writes replies, ended by its own handle."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str]) -> None:
        self._log = folder / f"{name}.log"
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker"]
        queues = ["--queues", "generate,housekeeping", "--pool", "threads", "--concurrency", "4"]
        alone = ["--hostname", f"{name}@%h", "--without-gossip", "--without-mingle"]
        with self._log.open("w") as stream:
            self._process = subprocess.Popen(
                [*celery, *queues, *alone], cwd=ROOT, env=environment, stdout=stream, stderr=stream
            )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def says(self, words: str) -> bool:
        return words in self._log.read_text()

    def wait_until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SOON
        while not true():
            assert self.is_alive and time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.1)

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def start(redis_server, tiny_base, port, tmp_path) -> Iterator[Callable[[str], Worker]]:
    """Starts a worker on the tiny model; all are ended afterwards."""
    workers: list[Worker] = []
    environment = {
        **os.environ,
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "REDIS_URL": redis_server,
        "BASE_MODEL": str(tiny_base.path),
        "WORKER_METRICS_PORT": str(port),
    }

    def start(name: str) -> Worker:
        workers.append(Worker(name, tmp_path, environment))
        return workers[-1]

    yield start
    for worker in workers:
        worker.end()


def page(port: int) -> str:
    """The metrics page; empty where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=SOON) as response:
            return response.read().decode()
    except urllib.error.URLError:
        return ""


def test_the_second_worker_says_that_the_port_is_taken_and_serves_all_the_same(start, port, redis_client):
    first = start("first")
    first.wait_until(lambda: "egenteto_engine_running_replies 0.0" in page(port))
    second = start("second")
    second.wait_until(lambda: second.says(f"127.0.0.1:{port} cannot be used"))
    first.end()
    tasks.answer_canary.apply_async(args=["for the second"])
    assert redis_client.blpop([canary_key("for the second")], timeout=SOON)
    assert second.is_alive
