"""Is the site alive, is it ready, and how is it doing."""

import secrets
import time

import redis.asyncio as redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.celery import app
from inference_worker.contracts import CANARY, canary_key

CANARY_SECONDS = 2  # how long a worker may take to answer
REMEMBER_SECONDS = 2.0  # many probes at once are one canary
_last: tuple[float, dict[str, str]] = (float("-inf"), {})


async def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


async def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database and Redis answer and a worker consumed a task just now; else 503 with what is wrong."""
    global _last
    asked, report = _last
    if time.monotonic() - asked > REMEMBER_SECONDS:
        report = {"database": await _database(), **await _redis_and_worker()}
        _last = (time.monotonic(), report)
    ready = all(state == "ok" for state in report.values())
    return JsonResponse(report, status=200 if ready else 503)


@sync_to_async
def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok"
    except Exception as error:  # whatever the driver raises, the probe reports it
        return type(error).__name__


async def _redis_and_worker() -> dict[str, str]:
    nonce = secrets.token_hex(8)
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=CANARY_SECONDS + 1)
    try:
        await client.ping()
        await sync_to_async(app.send_task)(
            CANARY, args=[nonce], expires=CANARY_SECONDS * 5, retry=False, ignore_result=True
        )
        answer = await client.blpop([canary_key(nonce)], timeout=CANARY_SECONDS)
        return {"redis": "ok", "worker": "ok" if answer else f"no answer in {CANARY_SECONDS} s"}
    except Exception as error:  # redis and kombu each have their own families of errors
        return {"redis": type(error).__name__, "worker": "unknown"}
    finally:
        await client.aclose()
