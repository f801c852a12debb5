"""One task, one reply: claimed, written word by word, saved, and only then announced."""

import shutil
import threading
import time
from dataclasses import replace

import pytest

from inference_worker import tasks
from inference_worker.adapter_files import AdapterFileError
from inference_worker.contracts import Sampling, StreamEntry, stop_key, stream_key
from personas.chat.models import Reply
from personas.chat.services import conversation_start, turn_send
from tests.worker.conftest import crown

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_of_the_tasks", "engine"),
]

GREEDY = {"max_new_tokens": 24, "temperature": 0.0, "top_p": 1.0, "repetition_penalty": 1.0}


@pytest.fixture
def tuned_egen(egen, tiny_adapters):
    """egen on the tiny base, greedy."""
    crown(egen, tiny_adapters["egen"])
    egen.sampling = GREEDY
    egen.save()
    return egen


@pytest.fixture
def reply(owner, tuned_egen) -> Reply:
    conversation = conversation_start(visitor=owner, persona=tuned_egen)
    return turn_send(conversation=conversation, text="안녕?").replies.get()


def entries(client, reply: Reply) -> list[StreamEntry]:
    return [StreamEntry.from_fields(fields) for _, fields in client.xrange(stream_key(str(reply.pk)))]


def test_the_stream_and_the_database_hold_the_same_text(reply, redis_client):
    tasks.generate_reply(str(reply.pk), 1)
    reply.refresh_from_db()
    written = entries(redis_client, reply)
    assert reply.status == Reply.Status.DONE and reply.tokens > 0
    assert "".join(entry.text for entry in written) == reply.text != ""
    assert [entry.end for entry in written if entry.end] == ["done"]


def test_the_text_is_in_the_database_before_the_end_is_announced(reply, redis_client, monkeypatch):
    saved_at_the_end = []
    close = tasks.ReplyLog.close

    def look_and_close(log, end):
        saved_at_the_end.append(Reply.objects.get(pk=reply.pk).text)
        close(log, end)

    monkeypatch.setattr(tasks.ReplyLog, "close", look_and_close)
    tasks.generate_reply(str(reply.pk), 1)
    assert saved_at_the_end == [Reply.objects.get(pk=reply.pk).text] != [""]


def test_a_task_that_arrives_twice_writes_once(reply, redis_client):
    tasks.generate_reply(str(reply.pk), 1)
    before = entries(redis_client, reply)
    tasks.generate_reply(str(reply.pk), 1)
    assert entries(redis_client, reply) == before


def test_the_same_seed_and_version_give_the_same_text(owner, tuned_egen):
    texts = set()
    for _ in range(2):
        conversation = conversation_start(visitor=owner, persona=tuned_egen)
        reply = turn_send(conversation=conversation, text="오늘 뭐 해?").replies.get()
        tasks.generate_reply(str(reply.pk), 1)
        texts.add(Reply.objects.get(pk=reply.pk).text)
    assert len(texts) == 1


def test_a_stop_keeps_what_was_written(reply, redis_client, monkeypatch):
    job = tasks.replies.reply_start
    long = Sampling(max_new_tokens=1500, temperature=1.0, seed=1)
    monkeypatch.setattr(tasks.replies, "reply_start", lambda **claim: replace(job(**claim), sampling=long))

    def stop_after_the_first_words() -> None:
        while not redis_client.exists(stream_key(str(reply.pk))):
            time.sleep(0.005)
        redis_client.set(stop_key(str(reply.pk)), "1")

    stopper = threading.Thread(target=stop_after_the_first_words)
    stopper.start()
    tasks.generate_reply(str(reply.pk), 1)
    stopper.join()
    reply.refresh_from_db()
    assert reply.status == Reply.Status.STOPPED
    assert 0 < reply.tokens < 1500
    assert entries(redis_client, reply)[-1].end == "stopped"


def test_a_corrupt_adapter_fails_its_reply_by_name_and_the_champion_stays(
    owner, tuned_egen, tiny_adapters, tmp_path, engine, caplog
):
    broken = shutil.copytree(tiny_adapters["egen2"], tmp_path / "broken")
    version = crown(tuned_egen, broken)
    with (broken / "adapter_model.safetensors").open("r+b") as stream:
        stream.seek(-8, 2)
        stream.write(b"\0\1\2\3\4\5\6\7")
    conversation = conversation_start(visitor=owner, persona=tuned_egen)
    reply = turn_send(conversation=conversation, text="안녕?").replies.get()
    tasks.generate_reply(str(reply.pk), 1)
    reply.refresh_from_db()
    assert (reply.status, reply.error) == (Reply.Status.FAILED, "adapter")
    assert str(broken) in caplog.text
    tuned_egen.refresh_from_db()
    assert tuned_egen.champion == version
    with pytest.raises(AdapterFileError, match="SHA-256"):
        engine.submit([{"role": "user", "content": "안녕?"}], tasks.pinned_adapters([[version.pk, 1.0]]), Sampling())


def test_a_running_reply_finishes_on_the_old_version_and_the_next_has_the_new(owner, tuned_egen, tiny_adapters, engine):
    conversation = conversation_start(visitor=owner, persona=tuned_egen)
    running = turn_send(conversation=conversation, text="안녕?").replies.get()
    new = crown(tuned_egen, tiny_adapters["egen2"])
    tasks.generate_reply(str(running.pk), 1)
    following = turn_send(conversation=conversation, text="그래서?").replies.get()
    tasks.generate_reply(str(following.pk), 1)
    running.refresh_from_db()
    assert running.adapters[0][0] != new.pk
    assert following.adapters == [[new.pk, 1.0]]
    assert set(engine.thread.adapters()) == {running_label(running), new.label}


def running_label(reply: Reply) -> str:
    return tasks.pinned_adapters(reply.adapters)[0].name


def test_without_an_adapter_the_written_style_stands_in(owner, egen, monkeypatch):
    egen.champion = None
    egen.sampling = GREEDY
    egen.save()
    seen = []
    engine = tasks.engine()
    submit = engine.submit
    monkeypatch.setattr(engine, "submit", lambda messages, *rest: seen.extend(messages) or submit(messages, *rest))
    conversation = conversation_start(visitor=owner, persona=egen)
    reply = turn_send(conversation=conversation, text="안녕?").replies.get()
    tasks.generate_reply(str(reply.pk), 1)
    assert [message["role"] for message in seen] == ["system", "user"]
    assert seen[0]["content"] == egen.style_prompt


def test_an_overtaken_attempt_saves_nothing(reply, redis_client, monkeypatch):
    start = tasks.replies.reply_start

    def start_and_lose_it(**claim):
        job = start(**claim)
        Reply.objects.filter(pk=reply.pk).update(attempt=2, status=Reply.Status.QUEUED)
        return job

    monkeypatch.setattr(tasks.replies, "reply_start", start_and_lose_it)
    tasks.generate_reply(str(reply.pk), 1)
    reply.refresh_from_db()
    assert (reply.status, reply.text) == (Reply.Status.QUEUED, "")
    assert not any(entry.end for entry in entries(redis_client, reply))


def test_replies_of_two_personas_run_at_once(owner, friend, tuned_egen, teto, tiny_adapters):
    crown(teto, tiny_adapters["teto"])
    teto.sampling = GREEDY  # a random model's random draws are sometimes nothing but spaces
    teto.save()
    replies = [
        turn_send(conversation=conversation_start(visitor=visitor, persona=persona), text="안녕?").replies.get()
        for visitor, persona in ((owner, tuned_egen), (friend, teto))
    ]
    threads = [threading.Thread(target=tasks.generate_reply, args=(str(reply.pk), 1)) for reply in replies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {Reply.objects.get(pk=reply.pk).status for reply in replies} == {Reply.Status.DONE}


def test_the_canary_answers_on_its_own_key(redis_client):
    tasks.answer_canary("nonce")
    assert redis_client.lrange("canary:nonce", 0, -1) == ["ok"]
