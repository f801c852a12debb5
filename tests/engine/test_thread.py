"""The engine in a thread of its own, used from many others."""

import threading

import pytest

from inference_worker.engine import (
    EngineBusy,
    EngineStopped,
    EngineThread,
    PromptTooLong,
    RequestFailed,
    ScoreRequest,
    StepFailed,
    UnknownAdapter,
)
from tests.engine.conftest import alone, ask

PROMPT = list(range(25, 40))
SOON = 20  # seconds; a test that waits this long has failed


@pytest.fixture
def thread(make_engine):
    thread = EngineThread(make_engine())
    yield thread
    thread.stop(SOON)
    assert not thread._thread.is_alive()
    assert not thread._handles


def test_deltas_add_up_to_the_reply(thread):
    running = thread.submit(ask(PROMPT, tokens=20))
    deltas = list(running)
    result = running.result(SOON)
    assert "".join(delta.text for delta in deltas) == result.text
    assert [delta.finish for delta in deltas if delta.finish] == ["length"]
    assert deltas[-1].tokens == result.tokens == 20
    assert len(deltas) > 5
    assert list(running) == []
    assert running.get(timeout=0.01) is None


def test_many_threads_get_the_replies_they_asked_for(thread, make_engine):
    requests = [ask(PROMPT[n % 7 :], {"egen": n % 3 / 2, "teto": n % 2}, tokens=4 + n) for n in range(12)]
    engine = make_engine()
    expected = [alone(engine, request) for request in requests]
    results = [None] * len(requests)

    def ask_one(index):
        results[index] = thread.submit(requests[index]).result(SOON)

    threads = [threading.Thread(target=ask_one, args=[index]) for index in range(len(requests))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(SOON)
    assert results == expected


def test_nothing_within_the_timeout_is_none(thread, monkeypatch):
    go_on = threading.Event()
    prefill = thread._engine._runner.prefill
    monkeypatch.setattr(thread._engine._runner, "prefill", lambda *args: go_on.wait(SOON) and prefill(*args))
    running = thread.submit(ask(PROMPT))
    assert running.get(timeout=0.01) is None
    with pytest.raises(TimeoutError):
        running.result(timeout=0.01)
    go_on.set()
    assert running.result(SOON).finish == "length"


def test_cancel_ends_the_reply(thread):
    running = thread.submit(ask(PROMPT, tokens=100))
    running.get(SOON)
    running.cancel()
    assert running.result(SOON).finish == "cancelled"
    assert list(running)[-1].finish == "cancelled"
    running.cancel()


def test_refusals_reach_the_caller(thread, make_engine):
    with pytest.raises(UnknownAdapter):
        thread.submit(ask(PROMPT, {"nobody": 1.0}))
    with pytest.raises(PromptTooLong):
        thread.submit(ask(range(6, 206)))
    with pytest.raises(UnknownAdapter):
        thread.unload_adapter("nobody")


def test_a_full_queue_reaches_the_caller_as_busy(make_engine):
    thread = EngineThread(make_engine(max_streams=1, max_waiting=1))
    accepted = []
    with pytest.raises(EngineBusy):
        for _ in range(50):
            accepted.append(thread.submit(ask(PROMPT, {"egen": 1.0}, tokens=100)))
    for running in accepted:
        running.cancel()
    assert {running.result(SOON).finish for running in accepted} <= {"cancelled", "length"}
    thread.stop(SOON)


def test_adapters_change_between_the_steps_of_running_replies(thread, plain):
    running = thread.submit(ask(PROMPT, {"egen": 1.0}, tokens=60))
    running.get(SOON)
    thread.load_adapter("teto@2", *plain.adapter("teto"))
    assert set(thread.adapters()) == {"egen", "teto", "shy", "teto@2"}
    thread.unload_adapter("egen")
    assert "egen" not in thread.adapters()
    assert running.result(SOON).finish == "length"


def test_one_failing_request_reaches_its_own_reader_only(thread, monkeypatch):
    prefill = thread._engine._runner.prefill
    monkeypatch.setattr(
        thread._engine._runner,
        "prefill",
        lambda row, ids, *rest: prefill(row, ids, *rest) if len(ids) > 3 else 1 / 0,
    )
    good, bad = thread.submit(ask(PROMPT)), thread.submit(ask(PROMPT[:3]))
    assert isinstance(bad.result(SOON).error, RequestFailed)
    assert good.result(SOON).finish == "length"


def test_after_a_failure_of_the_engine_itself_the_thread_serves_on(thread, monkeypatch):
    step = thread._engine.step
    failures = iter([RuntimeError("bug")])

    def fail_once():
        for failure in () if thread._engine.idle else failures:
            raise failure
        return step()

    monkeypatch.setattr(thread._engine, "step", fail_once)
    first = thread.submit(ask(PROMPT, {"egen": 1.0})).result(SOON)
    second = thread.submit(ask(PROMPT, {"egen": 1.0})).result(SOON)
    assert isinstance(first.error, StepFailed)
    assert "bug" in str(first.error)
    assert second.finish == "length"


def test_stopping_fails_what_is_live_and_refuses_what_comes(make_engine):
    thread = EngineThread(make_engine())
    running = [thread.submit(ask(PROMPT, {"egen": 1.0}, tokens=110)) for _ in range(6)]
    thread.stop(SOON)
    for each in running:
        result = each.result(SOON)
        assert result.finish == "length" or isinstance(result.error, EngineStopped)
    with pytest.raises(EngineStopped):
        thread.submit(ask(PROMPT))
    thread.stop(SOON)


def test_scores_can_be_had_while_replies_run(thread):
    running = thread.submit(ask(PROMPT, tokens=50))
    [score] = thread.score([ScoreRequest(PROMPT, (7, 8, 9), {"egen": 1.0})])
    assert score.tokens == 3
    assert score.logprob < 0
    assert running.result(SOON).finish == "length"
