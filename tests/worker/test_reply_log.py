"""The writing end of a reply's stream, on a real Redis."""

import uuid

import pytest
import redis

from inference_worker.contracts import StreamEntry, alive_key, stop_key, stream_key
from inference_worker.reply_log import ReplyLog, ReplyOvertaken


@pytest.fixture
def reply_id() -> str:
    return str(uuid.uuid4())


def entries(client: redis.Redis, reply_id: str) -> list[StreamEntry]:
    return [StreamEntry.from_fields(fields) for _, fields in client.xrange(stream_key(reply_id))]


def test_the_first_words_leave_at_once_and_later_ones_together(redis_client, reply_id):
    log = ReplyLog(redis_client, reply_id, attempt=1)
    log.add("안녕")
    log.flush_if_due()
    for piece in ("하", "세", "요"):
        log.add(piece)
        log.flush_if_due()  # too early: nothing leaves
    assert [entry.text for entry in entries(redis_client, reply_id)] == ["안녕"]
    assert 0 < log.seconds_to_flush() <= 0.05


def test_offsets_join_the_deltas_to_the_whole_text(redis_client, reply_id):
    log = ReplyLog(redis_client, reply_id, attempt=1)
    for piece in ("하나 ", "둘 ", "셋"):
        log.add(piece)
        log._flushed_at = float("-inf")  # as if 50 ms had passed
        log.flush_if_due()
    log.close("done")
    written = entries(redis_client, reply_id)
    assert "".join(entry.text for entry in written) == "하나 둘 셋"
    assert [entry.offset for entry in written] == [0, 3, 5, 6]
    assert written[-1].end == "done"


def test_the_order_of_entries_asks_no_clock(redis_client, reply_id):
    log = ReplyLog(redis_client, reply_id, attempt=3)
    log.add("하나 ")
    log.flush_if_due()
    log.add("둘")
    log.close("done")
    assert [entry_id for entry_id, _ in redis_client.xrange(stream_key(reply_id))] == ["3-6", "3-9"]


def test_what_a_reader_has_not_read_comes_after_what_it_has_though_redis_was_emptied(redis_client, reply_id):
    log = ReplyLog(redis_client, reply_id, attempt=1)
    log.add("하나 ")
    log.flush_if_due()
    [(read, _)] = redis_client.xrange(stream_key(reply_id))
    redis_client.flushall()
    log.add("둘")
    log.close("done")
    [[_, unread]] = redis_client.xread({stream_key(reply_id): read})
    assert [fields["text"] for _, fields in unread] == ["하나 둘"]


def test_an_entry_whose_answer_was_lost_is_not_written_twice(redis_client, reply_id):
    log = ReplyLog(redis_client, reply_id, attempt=1)
    log.add("하나 ")
    log.flush_if_due()
    log._written, log._flushed_at = 0, float("-inf")  # as if no answer had come
    log.flush_if_due()
    log.close("done")
    assert [entry.text for entry in entries(redis_client, reply_id)] == ["하나 ", ""]


def test_an_older_attempt_is_refused(redis_client, reply_id):
    late, current = ReplyLog(redis_client, reply_id, attempt=1), ReplyLog(redis_client, reply_id, attempt=2)
    late.add("늦은 ")
    late.flush_if_due()
    current.add("새 글")
    current.flush_if_due()
    late.add("말")
    with pytest.raises(ReplyOvertaken):
        late.close("done")
    assert [(entry.attempt, entry.text) for entry in entries(redis_client, reply_id)] == [(1, "늦은 "), (2, "새 글")]


def test_a_redis_that_came_back_empty_gets_the_whole_text_again(redis_client, reply_id):
    log = ReplyLog(redis_client, reply_id, attempt=1)
    log.add("처음 ")
    log.flush_if_due()
    redis_client.flushall()
    log.add("다음")
    log.close("done")
    assert [(entry.offset, entry.text) for entry in entries(redis_client, reply_id)] == [(0, "처음 다음")]


def test_a_redis_that_is_away_loses_nothing(redis_client, reply_id):
    nobody = redis.Redis(port=1, socket_connect_timeout=0.2)
    log = ReplyLog(nobody, reply_id, attempt=1)
    log.add("들리지 않는 말")
    log.flush_if_due()
    log.close("done")
    assert log.text == "들리지 않는 말"


def test_a_stop_is_seen_at_the_next_flush(redis_client, reply_id):
    log = ReplyLog(redis_client, reply_id, attempt=1)
    log.add("말")
    redis_client.set(stop_key(reply_id), "1")
    log.flush_if_due()
    assert log.stop_wanted


def test_a_waiting_reply_is_alive_without_words_and_not_after_its_end(redis_client, reply_id):
    log = ReplyLog(redis_client, reply_id, attempt=1)
    log.flush_if_due()
    assert redis_client.exists(alive_key(reply_id)) and not redis_client.exists(stream_key(reply_id))
    log.close("failed")
    assert not redis_client.exists(alive_key(reply_id))


def test_streams_expire(redis_client, reply_id):
    log = ReplyLog(redis_client, reply_id, attempt=1)
    log.add("말")
    log.close("done")
    assert 0 < redis_client.ttl(stream_key(reply_id)) <= 3600
