"""Where memory runs out the newest reply goes, and the older ones never notice."""

import pytest
import torch

from inference_worker.engine import EngineBusy, OutOfMemory
from tests.engine.conftest import alone, ask, finish
from tests.engine.test_same_as_alone import prompt_of

SHORT, LONG = prompt_of(9), prompt_of(40)  # the short one fills no block of the prefix cache
EGEN = {"egen": 1.0}


def run_out_of_memory(engine, monkeypatch, *, rows: int = 0, tokens: int = 0, times: int = 10**6, error=MemoryError):
    """From now on the model's memory is enough for so many rows of so many tokens. Returns how often it was not."""
    forward = engine._runner._forward
    failures = []

    def fail_if_large(ids, *rest):
        if ids.shape[0] > rows and ids.shape[1] > tokens and len(failures) < times:
            failures.append(tuple(ids.shape))
            raise error()
        return forward(ids, *rest)

    monkeypatch.setattr(engine._runner, "_forward", fail_if_large)
    return failures


def no_room_on_the_cpu() -> Exception:
    try:
        torch.empty(10**15)
    except RuntimeError as error:
        return error
    raise AssertionError("This machine has a petabyte of memory.")


@pytest.mark.parametrize(
    "error", [MemoryError, no_room_on_the_cpu, lambda: torch.OutOfMemoryError("CUDA out of memory.")]
)
def test_the_newest_replies_go_until_the_step_fits(engine, monkeypatch, error):
    requests = [ask(SHORT[n:], {"egen": n / 4, "teto": 1 - n / 4}, tokens=5 + n) for n in range(4)]
    expected = [alone(engine, request) for request in requests]
    failures = run_out_of_memory(engine, monkeypatch, rows=2, error=error)
    results = finish(engine, *map(engine.submit, requests))
    assert results[:2] == expected[:2]
    for shed in results[2:]:
        assert shed.finish == "failed"
        assert isinstance(shed.error, OutOfMemory)
        assert isinstance(shed.error, EngineBusy)
        assert "Try again" in str(shed.error)
    assert failures == [(3, 1), (3, 1)]


def test_the_newest_is_the_one_that_asked_last_wherever_its_row_is(engine, monkeypatch):
    leaving, *others = [engine.submit(ask(SHORT, EGEN, tokens=tokens)) for tokens in (6, 20, 20, 20)]
    while len(leaving.token_ids) < 6:
        engine.step()
    assert engine._scheduler.rows == (others[2], others[0], others[1])
    run_out_of_memory(engine, monkeypatch, rows=2)
    results = finish(engine, *others)
    assert [result.finish for result in results] == ["length", "length", "failed"]


def test_kept_prefixes_go_before_any_reply_does(engine, monkeypatch):
    requests = [ask(LONG, EGEN, tokens=10), ask(SHORT, {}, tokens=10)]
    expected = [alone(engine, request) for request in requests]
    sequences = [engine.submit(request) for request in requests]
    for _ in range(4):
        engine.step()
    assert engine.prefixes.tokens > 0
    failures = run_out_of_memory(engine, monkeypatch, rows=1, times=1)
    engine.step()
    assert failures
    assert engine.prefixes.tokens == 0
    assert finish(engine, *sequences) == expected


def test_a_newcomer_whose_prompt_finds_no_memory_goes_alone(make_engine, monkeypatch):
    engine = make_engine(prefill_tokens=16)
    request = ask(SHORT, EGEN, tokens=20)
    expected = alone(engine, request)
    running = engine.submit(request)
    engine.step()
    run_out_of_memory(engine, monkeypatch, tokens=10)
    shed, small = engine.submit(ask(LONG, EGEN)), engine.submit(request)
    assert finish(engine, running, small) == [expected, expected]
    assert isinstance(shed.result().error, OutOfMemory)


def test_a_piece_that_finds_memory_without_the_prefixes_is_run_after_all(engine, monkeypatch):
    request = ask(LONG, EGEN, tokens=10)
    expected = alone(engine, request)
    run_out_of_memory(engine, monkeypatch, times=1)
    assert alone(engine, request) == expected


def test_the_last_reply_goes_as_well_and_the_engine_serves_on(engine, monkeypatch):
    request = ask(SHORT, EGEN)
    expected = alone(engine, request)
    engine.prefixes.clear()
    run_out_of_memory(engine, monkeypatch, times=1)
    assert isinstance(alone(engine, request).error, OutOfMemory)
    assert alone(engine, request) == expected


def test_a_step_that_is_run_again_draws_the_same(engine, monkeypatch):
    request = ask(SHORT, EGEN, tokens=20, temperature=1.0, repetition_penalty=1.3, seed=5)
    expected = alone(engine, request)
    sample = engine._rows._sampler.sample
    sequences = [engine.submit(request), engine.submit(ask(SHORT, tokens=20))]
    for _ in range(6):
        engine.step()
    failures = iter([MemoryError(), MemoryError()])  # the prefix goes, then the second reply

    def fail_twice(*args, **kwargs):
        for failure in failures:
            raise failure
        return sample(*args, **kwargs)

    monkeypatch.setattr(engine._rows._sampler, "sample", fail_twice)
    first, second = finish(engine, *sequences)
    assert first == expected
    assert isinstance(second.error, OutOfMemory)


def test_a_prompt_whose_first_token_found_no_memory_is_run_again_from_its_last_piece(make_engine, monkeypatch):
    engine = make_engine(prefill_tokens=16)
    request = ask(LONG, EGEN, tokens=10)
    expected = alone(engine, request)
    sampler = engine._rows._sampler
    sample = sampler.sample
    failures = iter([MemoryError()])

    def fail_once(*args, **kwargs):
        for failure in failures:
            raise failure
        return sample(*args, **kwargs)

    monkeypatch.setattr(sampler, "sample", fail_once)
    assert alone(engine, request) == expected


def test_no_memory_for_keeping_a_prefix_costs_the_reply_nothing(engine, monkeypatch):
    request = ask(LONG, EGEN, tokens=10)
    expected = alone(engine, request)
    engine.prefixes.clear()
    monkeypatch.setattr(engine._runner, "read_row", lambda *args: torch.empty(10**15))
    assert alone(engine, request) == expected
    assert engine.prefixes.tokens == 0
