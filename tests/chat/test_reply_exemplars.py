"""A reply keeps what it read before its message."""

import pytest

from personas.chat.models import Conversation, ExemplarUse, Reply, Turn
from personas.chat.reply_lifecycle import replies_requeue_stalled, reply_exemplars_note, reply_finish

WRITTEN = {"id": "food-012", "persona": "sora", "said": "배고파", "reply": "뭐 먹을래?"}
FROM_THE_DESK = {"id": "pair-12-3fa9c1", "persona": "sora", "said": "졸려", "reply": "자."}


@pytest.fixture
def reply(owner, sora) -> Reply:
    """One that a worker is writing."""
    turn = Turn.objects.create(conversation=Conversation.objects.create(visitor=owner, persona=sora), text="배고파 ㅠ")
    return Reply.objects.create(turn=turn, number=1, status="running")


def note(reply: Reply, *exemplars: dict[str, str], attempt: int = 1) -> bool:
    kept = reply_exemplars_note(reply_id=str(reply.pk), attempt=attempt, exemplars=list(exemplars))
    reply.refresh_from_db()
    return kept


def test_they_stand_with_the_reply_nearest_first(reply):
    assert note(reply, WRITTEN, FROM_THE_DESK)
    assert reply.exemplars == [WRITTEN, FROM_THE_DESK]


def test_a_reply_begins_with_none(reply):
    assert reply.exemplars == []


def test_only_those_of_the_desk_can_be_taken_back_and_are_listed_for_that(reply):
    note(reply, WRITTEN, FROM_THE_DESK)
    assert list(ExemplarUse.objects.values_list("source", "reply")) == [("pair-12", reply.pk)]


def test_noting_twice_lists_a_use_once(reply):
    note(reply, FROM_THE_DESK)
    assert note(reply, FROM_THE_DESK, {**FROM_THE_DESK, "id": "pair-12-000000"})
    assert ExemplarUse.objects.count() == 1


def test_an_overtaken_attempt_keeps_nothing(reply):
    Reply.objects.update(attempt=2)
    assert not note(reply, FROM_THE_DESK)
    assert reply.exemplars == []
    assert not ExemplarUse.objects.exists()


def test_an_ended_reply_is_left_as_it_is(reply):
    reply_finish(reply_id=str(reply.pk), attempt=1, text="응", status="done", tokens=1)
    assert not note(reply, WRITTEN)


def test_a_later_attempt_begins_with_none(reply, redis_server):
    note(reply, WRITTEN)
    Reply.objects.update(started_at="2020-01-01T00:00Z")
    assert replies_requeue_stalled() == 1
    reply.refresh_from_db()
    assert (reply.attempt, reply.exemplars) == (2, [])
