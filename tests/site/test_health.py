"""Alive, ready, and how it is doing."""

import threading

import pytest

from config import health
from inference_worker.contracts import canary_key


@pytest.fixture(autouse=True)
def forget_the_last_answer():
    health._last = (float("-inf"), {})


def test_alive_needs_neither_database_nor_redis(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_not_ready_without_redis_says_so(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "ok"
    assert response.json()["redis"] != "ok"


@pytest.mark.django_db
def test_not_ready_without_a_worker_says_so(client, redis_server):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "no answer" in response.json()["worker"]


@pytest.mark.django_db
def test_ready_when_a_worker_consumed_the_canary(client, redis_client, monkeypatch):
    monkeypatch.setattr(health.secrets, "token_hex", lambda size: "known")
    threading.Timer(0.2, lambda: redis_client.rpush(canary_key("known"), "ok")).start()
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "redis": "ok", "worker": "ok"})
    assert redis_client.llen("generate") == 1  # the canary went through the queue that replies use


@pytest.mark.django_db
def test_metrics_count_what_waits(client, redis_server):
    text = client.get("/metrics").content.decode()
    assert 'egenteto_queue_length{queue="generate"} 0.0' in text
