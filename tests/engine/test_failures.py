"""What goes wrong in one reply stays in that reply; what goes wrong for all is told to all, and the engine goes on."""

import pytest
import torch

from inference_worker.engine import RequestFailed, StepFailed
from tests.engine.conftest import alone, ask, finish

PROMPT = list(range(50, 64))


def test_a_failing_prompt_fails_alone(engine, monkeypatch):
    good = ask(PROMPT, {"egen": 1.0}, tokens=10)
    expected = alone(engine, good)
    prefill = engine._runner.prefill

    def fail_for_seven(row, piece, *rest):
        if len(piece) == 7:
            raise ValueError("bad prompt")
        return prefill(row, piece, *rest)

    monkeypatch.setattr(engine._runner, "prefill", fail_for_seven)
    sequences = [engine.submit(request) for request in (good, ask(PROMPT[:7], {"teto": 1.0}), good)]
    first, failed, last = finish(engine, *sequences)
    assert (first, last) == (expected, expected)
    assert failed.finish == "failed"
    assert isinstance(failed.error, RequestFailed)
    assert "bad prompt" in str(failed.error)


def test_a_reply_whose_numbers_go_wrong_fails_alone_and_leaves_no_trace(engine):
    """NaN in a row's keys and values must reach neither a neighbour nor the row's next owner."""
    good = ask(PROMPT, {"egen": 1.0}, tokens=10)
    expected = alone(engine, good)
    spoiled, neighbour = engine.submit(ask(PROMPT, tokens=30)), engine.submit(good)
    for _ in range(4):
        engine.step()
    with torch.inference_mode():
        for layer in engine._runner._cache.layers:
            layer.keys[0] = layer.values[0] = float("nan")
    successor = engine.submit(good)
    failed, *others = finish(engine, spoiled, neighbour, successor)
    assert isinstance(failed.error, RequestFailed)
    assert others == [expected, expected]
    assert alone(engine, good) == expected


def test_a_row_that_moves_in_the_step_in_which_it_goes_wrong_leaves_no_trace(engine):
    good = ask(PROMPT[:3], {"egen": 1.0}, tokens=12)
    expected = alone(engine, good)
    neighbour = engine.submit(ask(PROMPT, tokens=25))  # longer, so that every step reads what lies behind short rows
    ending, spoiled = engine.submit(ask(PROMPT, tokens=3)), engine.submit(ask(PROMPT, tokens=30))
    while len(ending.token_ids) < 2 or not spoiled.token_ids:
        engine.step()
    with torch.inference_mode():
        for layer in engine._runner._cache.layers:
            layer.keys[2] = layer.values[2] = float("nan")
    events = engine.step()
    assert {sequence for sequence, delta in events if delta.finish} == {ending, spoiled}
    successors = [engine.submit(good), engine.submit(good)]
    assert finish(engine, *successors) == [expected, expected]
    assert neighbour.result().finish == "length"


def test_a_token_without_text_fails_its_reply_alone(engine, monkeypatch):
    good = ask(PROMPT, tokens=10)
    expected = alone(engine, good)
    bad, neighbour = engine.submit(ask(PROMPT[2:], tokens=10)), engine.submit(good)
    engine.step()
    monkeypatch.setattr(bad._detokenizer, "push", lambda token: 1 / 0)
    failed, other = finish(engine, bad, neighbour)
    assert "ZeroDivisionError" in str(failed.error)
    assert other == expected


def test_a_failing_step_fails_all_that_run_and_serves_those_that_wait(make_engine, monkeypatch):
    engine = make_engine(max_streams=2)
    request = ask(PROMPT, {"egen": 0.5, "teto": 0.5}, tokens=6)
    expected = alone(engine, request)
    sequences = [engine.submit(request) for _ in range(3)]
    engine.step()
    decode = engine._runner.decode
    failures = iter([RuntimeError("device lost")])

    def fail_once(*args):
        for failure in failures:
            raise failure
        return decode(*args)

    monkeypatch.setattr(engine._runner, "decode", fail_once)
    first, *others = finish(engine, *sequences)
    assert isinstance(first.error, StepFailed)
    assert "device lost" in str(first.error)
    assert others == [expected, expected]


@pytest.mark.parametrize("running", [0, 1, 2])
def test_failing_all_leaves_nothing_behind(make_engine, running):
    engine = make_engine(max_streams=2)
    sequences = [engine.submit(ask(PROMPT, {"egen": 1.0})) for _ in range(4)]
    for _ in range(2 * running):
        engine.step()
    engine.fail_all(StepFailed("over"))
    assert engine.idle
    assert {sequence.result().finish for sequence in sequences} == {"failed"}
