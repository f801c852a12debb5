"""Replies of a real OpenAI-compatible server (`transformers serve`) through the worker's interface to engines."""

import io
import json
import logging
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest
from django.core.management import CommandError, call_command
from peft import PeftModel

from inference_worker import resident, tasks
from inference_worker.base_model import load_model, load_tokenizer
from inference_worker.chat_format import stop_token_ids
from inference_worker.contracts import Sampling, canary_key
from inference_worker.remote import ServerRefused
from inference_worker.remote import engine as remote
from inference_worker.reply_engine import PinnedAdapter
from personas.chat.models import Reply
from personas.chat.services import conversation_start, turn_send
from tests.worker.conftest import crown
from tests.worker.openai_servers import TransformersServe, engine_at

SOON = 100  # seconds; a test that waits this long has failed
GREEDY = Sampling(max_new_tokens=16, temperature=0.0, top_p=1.0, repetition_penalty=1.0)


def chat(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


@pytest.fixture(scope="module")
def server(tiny_base, tiny_adapters, tmp_path_factory):
    """Serves the tiny base, and egen as a model of its own: this server takes `egen@v1` for version v1 of `egen`."""
    models = tmp_path_factory.mktemp("models")
    shutil.copytree(tiny_base.path, models / tiny_base.name)
    tuned = PeftModel.from_pretrained(load_model(tiny_base, device="cpu"), tiny_adapters["egen"]).merge_and_unload()
    tuned.save_pretrained(models / "egen")
    tokenizer = load_tokenizer(tiny_base)
    tokenizer.save_pretrained(models / "egen")
    for folder in (models / tiny_base.name, models / "egen"):
        ends = {"eos_token_id": sorted(stop_token_ids(tokenizer)), "pad_token_id": tokenizer.pad_token_id}
        (folder / "generation_config.json").write_text(json.dumps({**ends, "do_sample": True}))
    server = TransformersServe(models)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def remote_engine(server, tiny_base):
    with engine_at(server.url, tiny_base) as engine:
        yield engine


@pytest.fixture
def by_settings(server, tiny_base, settings, monkeypatch):
    """The worker as ENGINE_URL sets it up; the engine that its tasks use."""
    monkeypatch.setattr(remote, "_engine", None)
    monkeypatch.setattr(resident, "ResidentEngine", None)  # nobody may load the model
    settings.ENGINE_URL, settings.BASE_MODEL = server.url, str(tiny_base.path)
    engine = tasks.engine()
    yield engine
    engine.stop()


def test_the_base_writes_what_our_own_engine_writes(remote_engine, engine):
    ours = engine.submit(chat("안녕?"), [], GREEDY).result(SOON)
    theirs = remote_engine.submit(chat("안녕?"), [], GREEDY).result(SOON)
    assert (theirs.text, theirs.finish, theirs.error) == (ours.text, ours.finish, None)
    assert theirs.text and theirs.tokens > 1


def test_a_persona_is_the_model_of_its_name(remote_engine, engine, tiny_adapters):
    egen = [PinnedAdapter("egen@v1", tiny_adapters["egen"], 1.0)]
    theirs = remote_engine.submit(chat("안녕?"), egen, GREEDY).result(SOON)
    assert theirs.text == engine.submit(chat("안녕?"), egen, GREEDY).result(SOON).text
    assert theirs.text != remote_engine.submit(chat("안녕?"), [], GREEDY).result(SOON).text


def test_words_come_one_by_one_and_add_up(remote_engine):
    running = remote_engine.submit(chat("오늘 뭐 해?"), [], GREEDY)
    deltas = list(running)
    assert len(deltas) > 4
    assert "".join(delta.text for delta in deltas) == running.result(SOON).text
    assert [delta.finish for delta in deltas if delta.finish] == [running.result(SOON).finish]
    assert [delta.tokens for delta in deltas] == sorted(delta.tokens for delta in deltas)


def test_a_seed_repeats_and_another_differs(remote_engine):
    def reply(seed: int) -> str:
        sampling = Sampling(max_new_tokens=12, temperature=1.5, top_p=1.0, repetition_penalty=1.0, seed=seed)
        return remote_engine.submit(chat("안녕?"), [], sampling).result(SOON).text

    first = reply(1)
    assert first == reply(1) != reply(2)


def test_sampling_that_the_server_does_not_know_is_left_out_and_told_once(remote_engine, caplog):
    caplog.set_level(logging.WARNING)
    sampling = Sampling(max_new_tokens=4, top_k=3, repetition_penalty=1.3)
    results = [remote_engine.submit(chat("안녕?"), [], sampling).result(SOON) for _ in range(2)]
    assert [result.error for result in results] == [None, None]
    assert caplog.text.count("does not know repetition_penalty, top_k") == 1


def test_a_cancel_ends_the_reply_and_the_server_goes_on(remote_engine):
    running = remote_engine.submit(chat("안녕?"), [], Sampling(max_new_tokens=450, temperature=1.0, top_p=1.0))
    first = running.get(SOON)
    running.cancel()
    result = running.result(SOON)
    assert first is not None and result.text.startswith(first.text)
    assert (result.finish, result.error) == ("cancelled", None)
    assert result.tokens < 450
    assert remote_engine.submit(chat("또?"), [], GREEDY).result(SOON).error is None


def test_many_threads_get_the_replies_they_asked_for(remote_engine, engine):
    texts = [f"{number}번째 말" for number in range(6)]
    expected = [engine.submit(chat(text), [], GREEDY).result(SOON).text for text in texts]

    def ask(text: str) -> str:
        return remote_engine.submit(chat(text), [], GREEDY).result(SOON).text

    with ThreadPoolExecutor(len(texts)) as people:
        assert list(people.map(ask, texts)) == expected


def test_a_model_that_the_server_lacks_fails_its_reply_alone(remote_engine, tiny_adapters):
    nobody = [PinnedAdapter("nobody@v1", tiny_adapters["egen"], 1.0)]
    lacking = remote_engine.submit(chat("안녕?"), nobody, GREEDY)
    served = remote_engine.submit(chat("안녕?"), [], GREEDY)
    assert isinstance(lacking.result(SOON).error, ServerRefused)
    assert served.result(SOON).error is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_of_the_tasks", "by_settings")
def test_the_setting_turns_it_on_and_the_task_saves_the_reply(owner, egen, tiny_adapters, remote_engine):
    crown(egen, tiny_adapters["egen"])
    egen.sampling = asdict(GREEDY)
    egen.save()
    reply = turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="안녕?").replies.get()
    tasks.generate_reply(str(reply.pk), 1)
    reply.refresh_from_db()
    expected = remote_engine.submit(chat("안녕?"), tasks.pinned_adapters(reply.adapters), GREEDY).result(SOON)
    assert (reply.status, reply.text, reply.tokens) == (Reply.Status.DONE, expected.text, expected.tokens)


@pytest.mark.usefixtures("redis_of_the_tasks", "by_settings")
def test_the_canary_is_answered_while_the_server_lives(redis_client):
    tasks.answer_canary("known")
    assert redis_client.lrange(canary_key("known"), 0, -1) == ["ok"]


@pytest.mark.django_db
@pytest.mark.usefixtures("by_settings")
def test_a_batch_of_prompts_is_written_and_scoring_is_refused_with_the_remedy(egen, tiny_adapters, monkeypatch, capsys):
    crown(egen, tiny_adapters["egen"])
    prompts = [f"질문 {number}" for number in range(10)]
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(json.dumps({"prompt": prompt}) + "\n" for prompt in prompts)))
    call_command("generate_replies", "--persona", "egen", "--max-new-tokens", "4", "--temperature", "0")
    assert [json.loads(line)["prompt"] for line in capsys.readouterr().out.splitlines()] == prompts
    monkeypatch.setattr("sys.stdin", io.StringIO('{"prompt": "안녕", "reply": "응"}\n'))
    with pytest.raises(CommandError, match="Unset ENGINE_URL"):
        call_command("score_replies", "--persona", "egen")
