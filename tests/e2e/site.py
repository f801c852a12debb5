"""The whole site in real processes, for the browser tests and the benchmarks: Redis, web and worker on free ports."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config.serving.embedded_redis import EmbeddedRedis, free_port

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 180
LIMITS = (
    "MESSAGES_A_MINUTE",
    "REPLIES_A_DAY",
    "ADDRESS_REPLIES_A_DAY",
    "ADDRESS_STARTS_AN_HOUR",
    "MAX_RUNNING_REPLIES",
)


class Site:
    """Starts and ends its own processes, by their handles, and keeps everything they write in one folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.redis = EmbeddedRedis(folder / "redis")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen] = {}
        self.environment = {
            **os.environ,
            "HF_HUB_OFFLINE": "1",
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "REDIS_URL": self.redis.url,
            **dict.fromkeys(LIMITS, "0"),  # browsers of tests and benchmarks are quicker than people
            "UNASKED_PAIRS": "0",
            **settings,
        }
        self._share_converted_base()

    def _share_converted_base(self) -> None:
        """The conversion of the checkout serves every test; it is read-only once made."""
        shared = ROOT / "var" / "base"
        shared.mkdir(parents=True, exist_ok=True)
        (self.folder / "base").symlink_to(shared, target_is_directory=True)

    def start(self) -> None:
        """Prepare the database and start everything; returns when /readyz does."""
        self._prepare()
        self.manage("prepare_base_model")
        self.start_web()
        self.start_worker()
        self.wait_until_ready()

    @classmethod
    @contextmanager
    def of_web_alone(cls, folder: Path, seed: str) -> Iterator["Site"]:
        """A site without a worker, seeded, until it is no longer needed."""
        running = cls(folder)
        try:
            running.start_web_alone(seed)
            yield running
        finally:
            running.stop()

    def start_web_alone(self, seed: str = "") -> None:
        """The web process without a worker: most pages need no model, and this starts in seconds. `seed` is run first,
        Python lines that bring what the pages are to show."""
        self._prepare()
        if seed:
            self.shell(seed)
        self.start_web()
        self._wait_until_alive()

    def _prepare(self) -> None:
        self.redis.start()
        for command in (["migrate"], ["load_quizzes"], ["load_personas"], ["collectstatic", "--no-input"]):
            self.manage(*command)

    def start_web(self) -> None:
        self._start("web", "config.web", "--port", str(self.port))

    def start_worker(self) -> None:
        queues = ["--queues", "generate,housekeeping", "--pool", "threads", "--concurrency", "36"]
        self._start("worker", "celery", "-A", "config", "worker", *queues, "--without-gossip", "--without-mingle")

    def _start(self, name: str, *command: str) -> None:
        log = (self.folder / f"{name}.log").open("a")
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
        )

    @contextmanager
    def web_set_to(self, **settings: str) -> Iterator[None]:
        """The web process anew with these settings, and at the end once more, as it was."""
        usual = self.environment
        try:
            self._restart_web({**usual, **settings})
            yield
        finally:
            self._restart_web(usual)

    def _restart_web(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.end("web")
        self.start_web()
        self.wait_until_ready()

    def end(self, name: str, *, kill: bool = False) -> None:
        """End one process by its handle: politely, or (for fault tests) at once."""
        process = self.processes.pop(name)
        process.kill() if kill else process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self) -> None:
        for name in list(self.processes):
            self.end(name)
        self.redis.stop()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            dead = [name for name, process in self.processes.items() if process.poll() is not None]
            if dead:
                raise AssertionError(f"{dead} ended: {(self.folder / f'{dead[0]}.log').read_text()[-2000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise AssertionError(f"not ready: {(self.folder / 'worker.log').read_text()[-2000:]}")

    def _wait_until_alive(self) -> None:
        """For the web alone: /healthz answers without a worker."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise AssertionError(f"not alive: {(self.folder / 'web.log').read_text()[-2000:]}")

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """Run a management command against this site and return what it printed."""
        run = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, f"{arguments}: {run.stdout}\n{run.stderr}"
        return run.stdout

    def shell(self, program: str) -> str:
        """Run Python lines with Django set up against this site."""
        return self.manage("shell", "--no-imports", "-c", program)


def chromium_arguments() -> Sequence[str]:
    """How Debian's Chromium runs inside containers, silent on the network."""
    return (
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    )
