"""How many took the tests: counted as they end, right again after Redis was emptied, and shown on the pages."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.core.cache import cache

from personas.privacy.models import Visitor
from personas.privacy.services import visitor_delete
from quiz.live import consumers, counters, tally
from quiz.live.services import result_count
from quiz.models import Result
from quiz.routing import websocket_urlpatterns
from quiz.tasks import reconcile_takers
from tests.quiz.people import finish

pytestmark = pytest.mark.usefixtures("redis_server", "kept_pages")
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def readable(result) -> Result:
    """The owner's result, at a pace that somebody can read at."""
    Result.objects.update(is_counted=True)
    result.refresh_from_db()
    return result


def shown() -> tally.Tally:
    cache.clear()
    return tally.tally_now()


def test_an_empty_redis_is_filled_from_the_database(readable):
    assert (shown().total, shown().today) == (1, 1)


def test_each_result_counts_once_more(readable):
    shown()
    result_count(result=readable)
    assert (shown().total, shown().today) == (2, 2)


def test_a_count_before_the_first_look_is_not_taken_for_everything(readable):
    result_count(result=readable)
    assert shown().total == 1


def test_walks_that_nobody_could_have_read_do_not_count(result):
    assert not result.is_counted
    result_count(result=result)
    assert shown().total == 0


def test_after_redis_was_emptied_the_counts_are_right_at_the_next_look(readable, redis_client):
    shown()
    redis_client.flushall()
    assert shown().total == 1


def test_the_task_puts_wrong_counts_right(readable, redis_client):
    shown()
    redis_client.hset(counters.ALL, f"{readable.type.quiz_id}:{readable.type.kind}", 999)
    reconcile_takers()
    assert shown().total == 1


def test_who_deletes_everything_is_no_longer_counted(readable, owner):
    shown()
    visitor_delete(visitor_id=owner.id)
    reconcile_takers()
    assert shown().total == 0


@pytest.mark.parametrize(("hour", "minute", "today"), [(23, 59, 0), (0, 0, 1)])
def test_a_day_begins_at_midnight_in_seoul(readable, monkeypatch, hour, minute, today):
    Result.objects.update(created_at=datetime(2026, 11, 20 if hour else 21, hour, minute, tzinfo=SEOUL))
    now = datetime(2026, 11, 21, 0, 30, tzinfo=SEOUL)  # still the 20th in London
    monkeypatch.setattr(counters.timezone, "localtime", lambda: now)
    monkeypatch.setattr(counters.timezone, "localdate", lambda: now.date())
    assert (shown().total, shown().today) == (1, today)


def test_while_another_process_counts_anew_pages_leave_the_figures_out(readable, redis_client):
    redis_client.set(counters.COUNTING, 1)
    assert shown() is None


def test_pages_work_without_redis(readable, settings, client):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    cache.clear()
    page = client.get("/")
    assert page.status_code == 200 and "끝까지 풀었어요" not in page.content.decode()
    result_count(result=readable)


def test_many_pages_read_redis_once_a_second(readable, monkeypatch):
    reads = []
    monkeypatch.setattr(counters, "read", lambda: reads.append(1) or ({}, {}))
    for _ in range(50):
        tally.tally_now()
        tally.live_html("ko")
    assert len(reads) == 1


def test_a_burst_of_results_tells_the_pages_once(readable):
    assert [counters.add(readable) for _ in range(5)] == [True, False, False, False, False]


def test_shares_sum_to_100_and_wait_for_enough_walks(readable, quiz):
    kind = readable.type.kind
    few = tally.Tally({(quiz.pk, kind): tally.ENOUGH_FOR_SHARES - 1}, {})
    assert few.shares(quiz) == [] and few.percent_of(quiz, kind) is None
    many = tally.Tally({(quiz.pk, "mild-egen"): 20, (quiz.pk, "balanced"): 40, (999, "balanced"): 7}, {})
    assert [share.percent for share in many.shares(quiz)] == [0, 33, 67, 0, 0]
    assert [share.start for share in many.shares(quiz)] == [0, 0, 33, 100, 100]


def test_the_pages_show_what_was_counted(readable, quiz, client, monkeypatch):
    monkeypatch.setattr(tally, "ENOUGH_FOR_SHARES", 1)
    shown()
    landing, types, result = (
        client.get(address).content.decode() for address in ("/", "/quiz/developer/types/", f"/r/{readable.token}/")
    )
    for page in (landing, types):
        assert "지금까지 <strong>1</strong>번" in page and f"{readable.type.get_kind_display()} 100%" in page
    assert "지금까지 100%가 이 유형이었어요" in result
    assert all(found.name in types for found in quiz.types.all())


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_an_open_page_gets_the_new_figures(quiz, monkeypatch):
    monkeypatch.setattr(consumers, "SETTLE_SECONDS", 0.1)
    monkeypatch.setattr("quiz.services.pace.is_readable", lambda seconds: True)
    opened = WebsocketCommunicator(URLRouter(websocket_urlpatterns), "/ws/live/?lang=en")
    await opened.connect(timeout=10)

    def take() -> None:
        finish(quiz, Visitor.objects.create())

    await database_sync_to_async(take)()
    assert "<strong>1</strong>" in await opened.receive_from(timeout=10)
    await opened.disconnect()
