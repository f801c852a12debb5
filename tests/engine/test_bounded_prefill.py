"""A prompt is run in pieces, and the running replies get a token between them."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference_worker.engine import RequestFailed
from tests.engine.conftest import alone, ask, finish
from tests.engine.test_same_as_alone import LONGEST_REPLY, MIXES, PROMPTS, prompt_of

LONG, SHORT = prompt_of(60), prompt_of(9)
EGEN, TETO = {"egen": 1.0}, {"teto": 1.0}


def pieces_of(engine, monkeypatch) -> list[int]:
    """The lengths of the pieces that the engine runs from now on."""
    lengths = []
    prefill = engine._runner.prefill

    def note(row, piece, *rest):
        lengths.append(len(piece))
        return prefill(row, piece, *rest)

    monkeypatch.setattr(engine._runner, "prefill", note)
    return lengths


def test_no_step_runs_more_of_a_prompt_than_allowed(make_engine, monkeypatch):
    engine = make_engine(prefill_tokens=25)
    lengths = pieces_of(engine, monkeypatch)
    alone(engine, ask(LONG, EGEN))
    assert lengths == [25, 25, 10]


@pytest.mark.parametrize("prefill_tokens", [1, 7, 8, 59, 60, 61])
def test_a_prompt_in_pieces_is_the_prompt_in_one(kind, plains, make_engine, prefill_tokens):
    engine = make_engine(kind, prefill_tokens=prefill_tokens)
    result = alone(engine, ask(LONG, TETO, tokens=LONGEST_REPLY))
    assert list(result.token_ids) == plains[kind].greedy(LONG, TETO, LONGEST_REPLY)


def test_running_replies_get_a_token_after_every_piece(make_engine):
    engine = make_engine(prefill_tokens=10)
    running = engine.submit(ask(SHORT, tokens=30))
    engine.step()
    newcomer = engine.submit(ask(LONG, EGEN, tokens=3))
    steps = 0
    while not newcomer.token_ids:
        before = len(running.token_ids)
        engine.step()
        engine.step()
        steps += 2
        assert len(running.token_ids) == before + 1
    assert steps == 12
    finish(engine)


def test_a_newcomer_holds_a_row_before_its_first_token(make_engine):
    engine = make_engine(max_streams=2, prefill_tokens=10)
    sequences = [engine.submit(ask(prompt, tokens=20)) for prompt in (SHORT, LONG, SHORT)]
    for _ in range(3):
        engine.step()
    assert (engine.running, engine.waiting) == (2, 1)
    finish(engine, *sequences)


@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_cancelling_a_half_prefilled_newcomer_frees_its_row_within_one_step(make_engine, pieces):
    engine = make_engine(max_streams=2, prefill_tokens=10)
    request = ask(SHORT, EGEN, tokens=20)
    expected = alone(engine, request)
    running, newcomer = engine.submit(request), engine.submit(ask(LONG, TETO))
    engine.step()
    for _ in range(2 * pieces):
        engine.step()
    assert (newcomer.computed, newcomer.token_ids) == (10 * pieces, [])

    newcomer.cancelled = True
    events = engine.step()

    assert (engine.running, engine.adapter_references) == (1, 1)
    [delta] = [delta for sequence, delta in events if sequence is newcomer]
    assert (delta.finish, delta.tokens) == ("cancelled", 0)
    successor = engine.submit(request)
    assert finish(engine, running, successor) == [expected, expected]


@pytest.mark.parametrize("leaver", [0, 1, 2])
def test_a_half_prefilled_newcomer_moves_up_when_a_reply_leaves(make_engine, plain, leaver):
    engine = make_engine(prefill_tokens=10)
    running = [engine.submit(ask(PROMPTS[index], EGEN, tokens=LONGEST_REPLY)) for index in range(3)]
    newcomer = engine.submit(ask(LONG, TETO, tokens=LONGEST_REPLY))
    while newcomer.computed < 20:
        engine.step()
    running[leaver].cancelled = True
    finish(engine)
    assert list(newcomer.result().token_ids) == plain.greedy(LONG, TETO, LONGEST_REPLY)
    for index, each in enumerate(running):
        expected = plain.greedy(PROMPTS[index], EGEN, LONGEST_REPLY)
        assert list(each.result().token_ids) == (expected if index != leaver else expected[: len(each.token_ids)])


def test_a_piece_that_fails_ends_its_reply_alone(make_engine, monkeypatch):
    engine = make_engine(prefill_tokens=10)
    request = ask(SHORT, EGEN, tokens=20)
    expected = alone(engine, request)
    prefill = engine._runner.prefill

    def fail_in_the_middle(row, piece, mix, start):
        if start == 30:
            raise ValueError("bad piece")
        return prefill(row, piece, mix, start)

    monkeypatch.setattr(engine._runner, "prefill", fail_in_the_middle)
    sequences = [engine.submit(each) for each in (request, ask(LONG, TETO), request)]
    first, failed, last = finish(engine, *sequences)
    assert (first, last) == (expected, expected)
    assert isinstance(failed.error, RequestFailed)
    assert "bad piece" in str(failed.error)


def test_a_piece_whose_numbers_go_wrong_ends_its_reply_at_once_and_leaves_no_trace(make_engine, monkeypatch):
    engine = make_engine(max_streams=2, prefill_tokens=10)
    request = ask(SHORT, EGEN, tokens=20)
    expected = alone(engine, request)
    prefill = engine._runner.prefill

    def spoil(row, piece, mix, start):
        logits = prefill(row, piece, mix, start)
        if start != 30:
            return logits
        with torch.inference_mode():
            for layer in engine._runner._cache.layers:
                layer.keys[row] = layer.values[row] = float("nan")
        return logits * float("nan")

    monkeypatch.setattr(engine._runner, "prefill", spoil)
    running, spoiled = engine.submit(request), engine.submit(ask(LONG, TETO))
    for _ in range(9):
        engine.step()
    assert spoiled.computed == 30
    assert isinstance(spoiled.result().error, RequestFailed)
    long_again = engine.submit(ask(LONG[:29], TETO, tokens=4))
    assert finish(engine, running) == [expected]
    assert long_again.result().finish == "length"


asks = st.tuples(
    st.sampled_from(PROMPTS),
    st.sampled_from(MIXES),
    st.integers(1, LONGEST_REPLY),  # tokens of the reply
    st.integers(0, 10),  # the step at which it arrives
    st.none() | st.integers(0, 12),  # the step at which it is cancelled
)


@given(arrivals=st.lists(asks, min_size=1, max_size=8), prefill_tokens=st.integers(1, 20))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_greedy_replies_in_any_company_that_comes_and_goes(kind, plains, make_engine, arrivals, prefill_tokens):
    engine = make_engine(kind, max_streams=3, prefill_tokens=prefill_tokens)
    sequences = {}
    for step in range(13):
        for index, (prompt, mix, tokens, arrival, cancelled) in enumerate(arrivals):
            if arrival == step:
                sequences[index] = engine.submit(ask(prompt, mix, tokens=tokens))
            if cancelled == step and index in sequences:
                sequences[index].cancelled = True
        engine.step()
    finish(engine)

    for index, (prompt, mix, tokens, _, cancelled) in enumerate(arrivals):
        result = sequences[index].result()
        expected = plains[kind].greedy(prompt, mix, LONGEST_REPLY)[:tokens]
        assert list(result.token_ids) == expected[: len(result.token_ids)]
        assert result.finish == "length" or (result.finish == "cancelled" and cancelled is not None)
