"""What `make run` checks and starts before the site is there."""

import socket

import pytest
import redis

from config.serving.embedded_redis import EmbeddedRedis
from config.serving.preflight import NotReady, check_disk, check_port, take_lock


def test_a_taken_port_is_named_with_another_to_try():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(NotReady, match=f"PORT={port + 1} make run"):
            check_port("127.0.0.1", port)


def test_a_full_disk_is_named(tmp_path):
    with pytest.raises(NotReady, match="free"):
        check_disk(tmp_path, needed=1 << 60)


def test_one_checkout_runs_once(tmp_path):
    with take_lock(tmp_path / "run.lock"), pytest.raises(NotReady, match="already runs"):
        take_lock(tmp_path / "run.lock")
    take_lock(tmp_path / "run.lock").close()


def test_redis_starts_behind_a_password_and_leaves_nothing(tmp_path):
    server = EmbeddedRedis(tmp_path / "redis")
    url = server.start()
    with redis.Redis.from_url(url) as client:
        assert client.ping()
    with redis.Redis(port=server.port) as nobody, pytest.raises(redis.AuthenticationError):
        nobody.ping()
    assert (tmp_path / "redis" / "url").stat().st_mode & 0o077 == 0
    server.stop()
    assert not (tmp_path / "redis" / "url").exists()


def test_a_server_left_by_a_killed_start_is_ended_by_the_next(tmp_path):
    killed = EmbeddedRedis(tmp_path / "redis")
    killed.start()
    server = EmbeddedRedis(tmp_path / "redis")
    server.start()
    assert killed.process.wait(timeout=10) == 0
    server.stop()
