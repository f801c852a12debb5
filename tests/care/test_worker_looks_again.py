"""Before the engine is asked, the worker looks once more: care may have begun while a reply waited."""

import pytest

from inference_worker import tasks
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.services import conversation_start, turn_send
from personas.voting.models import Comparison
from personas.voting.unasked import turn_send_by_lot
from tests.care.conftest import DANGER
from tests.replies import finish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_of_the_tasks")]


@pytest.fixture
def redis_of_the_tasks(redis_server):
    tasks.redis_client.cache_clear()
    yield
    tasks.redis_client.cache_clear()


@pytest.fixture(autouse=True)
def no_engine(monkeypatch):
    monkeypatch.setattr(tasks, "engine", lambda: pytest.fail("the model was asked"))


def _written(reply: Reply) -> Reply:
    tasks.generate_reply(str(reply.pk), 1)
    reply.refresh_from_db()
    return reply


def test_a_reply_queued_before_care_began_is_written_by_people(conversation, owner, teto):
    waiting = turn_send(conversation=conversation, text="안녕").replies.get()
    turn_send(conversation=conversation_start(visitor=owner, persona=teto), text=DANGER)
    written = _written(waiting)
    assert written.status == Reply.Status.DONE and written.turn.care and written.tokens == 0


def test_a_danger_that_was_queued_all_the_same_is_written_by_people(conversation):
    turn = Turn.objects.create(conversation=conversation, text=DANGER)
    assert "109" in _written(Reply.objects.create(turn=turn, number=1)).text


def test_both_of_an_unasked_pair_are_and_nobody_is_asked_which_is_nicer(
    talked, conversation: Conversation, settings, teto, owner
):
    settings.UNASKED_PAIRS = 100
    turn = turn_send_by_lot(conversation=conversation, text="오늘 급식 맛있었어")
    assert Comparison.objects.filter(turn=turn).exists()
    turn_send(conversation=conversation_start(visitor=owner, persona=teto), text=DANGER)
    texts = {_written(reply).text for reply in turn.replies.all()}
    assert not Comparison.objects.exists() and len(texts) == 2


def test_no_unasked_pair_comes_of_a_danger(talked, conversation, settings):
    settings.UNASKED_PAIRS = 100
    turn = turn_send_by_lot(conversation=conversation, text=DANGER)
    assert turn.replies.count() == 1 and not Comparison.objects.exists()


def test_the_third_reply_of_a_healthy_talk_would_ask_the_model(talked, conversation):
    waiting = turn_send(conversation=conversation, text="안녕").replies.get()
    with pytest.raises(pytest.fail.Exception):
        _written(waiting)


def test_finished_replies_stay_as_they_were(talked):
    assert finish(talked).text == talked.text
