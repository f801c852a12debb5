"""What `make run` starts: whichever process dies is started again, and nothing outlives the start itself."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.serving.embedded_redis import free_port
from tests.e2e.site import READY_SECONDS, ROOT

PROCESSES = {
    "redis-server": "redis",
    "config.web": "web",
    "generate,housekeeping": "worker",
    "train": "trainer",
    "beat": "beat",
}


class Running:
    """One `manage.py serve` of its own folder."""

    def __init__(self, folder: Path) -> None:
        shared = ROOT / "var" / "base"
        shared.mkdir(parents=True, exist_ok=True)
        (folder / "base").symlink_to(shared, target_is_directory=True)
        self.port, self.log = free_port(), folder / "serve.log"
        environment = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "DATABASE_URL")}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env={**environment, "VAR_DIR": str(folder), "PORT": str(self.port), "WORKER_METRICS_PORT": "0"},
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def children(self) -> dict[str, int]:
        """The process ids of what it runs, by name."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and parent_of(int(entry.name)) == self.process.pid:
                command = (entry / "cmdline").read_bytes().decode().replace("\0", " ")
                found.update({name: int(entry.name) for word, name in PROCESSES.items() if f"{word} " in f"{command} "})
        return found

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 2 * READY_SECONDS  # the first start compiles the kernels
        while not is_so():
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.3)


def parent_of(pid: int) -> int | None:
    """The parent's id; None for a process that has gone or is only waiting to be counted."""
    try:
        status = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line
        )
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if status["State"].startswith("Z") else int(status["PPid"])


def is_gone(pid: int) -> bool:
    return parent_of(pid) is None


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    site = Running(tmp_path)
    try:
        site.wait_until(lambda: site.is_ready() and len(site.children()) == len(PROCESSES))
        yield site
    finally:
        if site.process.poll() is None:
            site.process.send_signal(signal.SIGINT)
            site.process.wait(timeout=60)


@pytest.mark.real_model
@pytest.mark.timeout(1800)
def test_each_process_that_is_killed_is_started_again_and_ctrl_c_ends_all(running: Running):
    for name in PROCESSES.values():
        before = running.children()
        os.kill(before[name], signal.SIGKILL)
        running.wait_until(lambda name=name, old=before[name]: running.children().get(name, old) != old)
        running.wait_until(running.is_ready)
        assert f"{name:<7} | 끝나서" in running.log.read_text()
    children = running.children()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=60) == 0
    assert [name for name, pid in children.items() if not is_gone(pid)] == []


@pytest.mark.real_model
@pytest.mark.timeout(1800)
def test_a_start_that_is_killed_outright_leaves_nothing_running(running: Running):
    children = running.children()
    running.process.kill()
    running.process.wait()
    deadline = time.monotonic() + 30
    while left := [name for name, pid in children.items() if not is_gone(pid)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
