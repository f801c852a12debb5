"""A limit counts for its stretch of time, exactly, whoever asks at once and whatever happens to Redis."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from config import limits
from config.addresses import hashed
from config.limits import DAY, HOUR, MINUTE, Limit, LimitReached, count, when

THREE = Limit("things", 3, HOUR)
# 2026-11-21 23:58:20 in Seoul: 100 seconds before the minute's end of the hour, the day and all.
LATE = 1_795_273_100


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""

    def set_to(now: float) -> None:
        monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: now))

    set_to(LATE)
    return set_to


def counted(limit: Limit, who: str = "somebody", at_least: int = 0) -> bool:
    try:
        count(limit, who, at_least=at_least)
    except LimitReached:
        return False
    return True


@pytest.mark.usefixtures("redis_server")
class TestWithRedis:
    def test_so_many_pass_and_no_more(self):
        assert [counted(THREE) for _ in range(5)] == [True, True, True, False, False]

    def test_everybody_has_a_number_of_their_own(self):
        assert [counted(THREE, "one") for _ in range(4)] == [True, True, True, False]
        assert counted(THREE, "another")
        assert counted(Limit("other things", 3, HOUR), "one")

    def test_zero_is_no_limit(self):
        assert all(counted(Limit("things", 0, HOUR)) for _ in range(10))

    def test_of_forty_at_once_exactly_as_many_pass_as_may(self):
        ten = Limit("things", 10, DAY)
        with ThreadPoolExecutor(8) as hands:
            assert sum(hands.map(lambda _: counted(ten), range(40))) == 10

    @pytest.mark.parametrize("seconds", [MINUTE, HOUR, DAY])
    def test_there_is_room_again_when_it_was_said(self, clock, seconds):
        one = Limit("things", 1, seconds)
        count(one, "somebody")
        with pytest.raises(LimitReached) as refusal:
            count(one, "somebody")
        clock(LATE + refusal.value.seconds - 1)
        assert not counted(one)
        clock(LATE + refusal.value.seconds)
        assert counted(one)

    def test_a_day_ends_at_midnight_in_seoul(self, clock):
        count(one := Limit("things", 1, DAY), "somebody")
        with pytest.raises(LimitReached) as refusal:
            count(one, "somebody")
        assert refusal.value.seconds == 100

    def test_a_number_goes_away_by_itself(self, redis_client):
        count(THREE, "somebody")
        [key] = redis_client.keys("limit:*")
        assert 0 < redis_client.ttl(key) <= HOUR

    def test_what_is_known_from_elsewhere_counts_when_redis_was_emptied(self, redis_client):
        assert [counted(THREE) for _ in range(2)] == [True, True]
        redis_client.flushall()
        assert [counted(THREE, at_least=2), counted(THREE, at_least=3)] == [True, False]


def test_without_redis_nobody_is_refused(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert all(counted(Limit("things", 1, HOUR)) for _ in range(3))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1초 뒤에"),
        (59, "59초 뒤에"),
        (60, "1분 뒤에"),
        (121, "3분 뒤에"),
        (3600, "60분 뒤에"),
        (3601, "2시간 뒤에"),
        (86400, "24시간 뒤에"),
    ],
)
def test_when_to_come_back_is_never_too_early(seconds, words):
    assert str(when(seconds)) == words


def test_an_address_is_never_kept_as_it_is(redis_server, redis_client):
    count(THREE, hashed("203.0.113.7"))
    [key] = redis_client.keys("*")
    assert "203.0.113.7" not in key and hashed("203.0.113.7") in key


def test_an_address_has_one_name_in_all_its_spellings():
    assert hashed("::ffff:203.0.113.7") == hashed("203.0.113.7") != hashed("203.0.113.8")
    assert hashed("2001:db8:0:1::5") == hashed("2001:db8:0:1:ffff::") != hashed("2001:db8:0:2::5")
    assert hashed("") == hashed("testserver") == ""


def test_the_machine_itself_is_no_address():
    assert hashed("127.0.0.1") == hashed("::1") == hashed("::ffff:127.0.0.1") == ""


def test_another_site_would_name_the_address_otherwise(settings):
    before = hashed("203.0.113.7")
    settings.SECRET_KEY = "another"
    assert hashed("203.0.113.7") != before
