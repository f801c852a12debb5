"""Workers come, die, and come late; a reply is written once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone

from inference_worker.contracts import Sampling, alive_key
from personas.chat import errors
from personas.chat.models import Reply
from personas.chat.reply_lifecycle import replies_requeue_stalled, reply_finish, reply_start
from personas.chat.services import reply_retry, turn_send
from personas.curation.roles import OPERATORS, roles_refresh

pytestmark = pytest.mark.django_db(transaction=True)


def start(reply: Reply, attempt: int = 1):
    return reply_start(reply_id=str(reply.pk), attempt=attempt)


def finish(reply: Reply, attempt: int = 1, text: str = "응", status: str = "done") -> bool:
    return reply_finish(reply_id=str(reply.pk), attempt=attempt, text=text, status=status, tokens=1)


def went_silent(reply: Reply, seconds: int = 60) -> None:
    before = timezone.now() - timedelta(seconds=seconds)
    Reply.objects.filter(pk=reply.pk).update(queued_at=before, started_at=before)


def test_the_job_carries_all_a_worker_needs(reply, egen):
    job = start(reply)
    assert job.messages == [{"role": "user", "content": "오늘 배포하다 장애 냈어"}]
    assert job.sampling == Sampling.from_dict(reply.sampling)
    assert (job.persona, job.style_prompt) == ("egen", egen.style_prompt)


def test_the_model_reads_the_conversation_so_far(reply, conversation):
    start(reply)
    finish(reply, text="지금은 괜찮아?")
    second = turn_send(conversation=conversation, text="아니").replies.get()
    start(second)
    finish(second, text="", status="failed")
    third = turn_send(conversation=conversation, text="아직 떨려").replies.get()
    assert start(third).messages == [
        {"role": "user", "content": "오늘 배포하다 장애 냈어"},
        {"role": "assistant", "content": "지금은 괜찮아?"},
        {"role": "user", "content": "아니\n아직 떨려"},
    ]


def test_a_task_that_arrives_twice_is_done_once(reply):
    assert start(reply) is not None
    assert start(reply) is None


def test_of_two_workers_at_once_one_begins(reply):
    def begin(_):
        try:
            return start(reply)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len([job for job in pool.map(begin, range(2)) if job]) == 1


def test_an_ended_reply_cannot_end_again(reply):
    start(reply)
    assert finish(reply, text="처음")
    assert not finish(reply, text="나중")
    reply.refresh_from_db()
    assert reply.text == "처음"


def test_a_dead_workers_reply_goes_to_another_and_its_late_end_is_refused(reply, tasks_sent):
    start(reply)
    went_silent(reply)
    assert replies_requeue_stalled() == 1
    assert tasks_sent()[-1] == repr([str(reply.pk), 2])
    assert not finish(reply, attempt=1, text="늦은 글")
    assert start(reply, attempt=1) is None
    assert start(reply, attempt=2) is not None
    assert finish(reply, attempt=2, text="새 글")


def test_a_living_workers_reply_is_left_alone(reply, redis_client):
    start(reply)
    went_silent(reply)
    redis_client.set(alive_key(str(reply.pk)), "1")
    assert replies_requeue_stalled() == 0


def test_a_reply_that_just_began_is_left_alone(reply):
    start(reply)
    assert replies_requeue_stalled() == 0


def lose_two_workers(reply: Reply) -> None:
    for attempt in (1, 2):
        start(reply, attempt)
        went_silent(reply)
        replies_requeue_stalled()
    reply.refresh_from_db()


def test_after_two_lost_workers_the_reply_ends_with_a_sentence_and_is_not_queued_again(reply, tasks_sent):
    lose_two_workers(reply)
    sent = tasks_sent()
    assert (reply.status, reply.error) == (Reply.Status.FAILED, "worker_lost")
    assert "바꿔서" in str(reply.why_failed)
    went_silent(reply)
    assert replies_requeue_stalled() == 0
    assert tasks_sent() == sent


def test_the_same_words_are_not_tried_a_third_time_by_hand(reply):
    lose_two_workers(reply)
    with pytest.raises(errors.WorkersLost):
        reply_retry(reply=reply)


def test_operators_see_the_message_that_ended_two_workers(reply, client):
    lose_two_workers(reply)
    client.force_login(operator())
    assert reply.turn.text in client.get("/admin/chat/lostreply/").content.decode()


def operator() -> User:
    roles_refresh()
    user = User.objects.create_user("operator", password="a password of the tests", is_staff=True)
    user.groups.add(Group.objects.get(name=OPERATORS))
    return user


def test_a_lost_task_is_sent_again(reply, tasks_sent, redis_client):
    redis_client.delete("generate")
    assert replies_requeue_stalled() == 0
    went_silent(reply)
    assert replies_requeue_stalled() == 1
    assert replies_requeue_stalled() == 0
    assert tasks_sent() == [repr([str(reply.pk), 1])]
