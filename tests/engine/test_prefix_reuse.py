"""What was computed once is not computed again, and only its own persona gets it."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference_worker.engine.prefix_cache import BLOCK_TOKENS
from tests.engine.conftest import alone, ask, finish
from tests.engine.test_bounded_prefill import pieces_of
from tests.engine.test_same_as_alone import LONGEST_REPLY, MIXES, prompt_of

PROMPT = prompt_of(60)
KNOWN = 48  # the whole blocks of the prompt
EGEN, TETO = {"egen": 1.0}, {"teto": 1.0}


def test_a_prompt_asked_again_is_computed_from_its_last_block_on(kind, plains, make_engine, monkeypatch):
    engine = make_engine(kind)
    lengths = pieces_of(engine, monkeypatch)
    results = [alone(engine, ask(PROMPT, EGEN, tokens=LONGEST_REPLY)) for _ in range(2)]
    assert lengths == [60, 60 - KNOWN]
    assert {result.token_ids for result in results} == {tuple(plains[kind].greedy(PROMPT, EGEN, LONGEST_REPLY))}


def test_a_conversations_next_turn_goes_on_from_the_reply(kind, plains, make_engine):
    engine = make_engine(kind)
    reply = alone(engine, ask(PROMPT[:30], TETO, tokens=25)).token_ids
    next_turn = [*PROMPT[:30], *reply, *PROMPT[30:40]]
    result = alone(engine, ask(next_turn, TETO, tokens=LONGEST_REPLY))
    assert engine.prefixes.reused_tokens == KNOWN > 30
    assert list(result.token_ids) == plains[kind].greedy(next_turn, TETO, LONGEST_REPLY)


def test_a_constant_prompt_is_known_to_the_next_conversation_while_the_first_still_runs(engine, monkeypatch):
    lengths = pieces_of(engine, monkeypatch)
    sequences = [engine.submit(ask([*PROMPT[:32], *tail], EGEN, tokens=20)) for tail in ([7, 8, 9], [9, 8])]
    finish(engine, *sequences)
    assert lengths == [35, 2]


@pytest.mark.parametrize("second", [{}, TETO, {"egen": 0.5}, {"egen": 0.5, "teto": 0.5}])
def test_personas_with_the_same_prompt_share_nothing(engine, plain, second):
    alone(engine, ask(PROMPT, EGEN))
    result = alone(engine, ask(PROMPT, second))
    assert (engine.prefixes.hits, engine.prefixes.misses) == (0, 2)
    assert list(result.token_ids) == plain.greedy(PROMPT, second, 8)


def test_a_name_loaded_anew_finds_nothing_of_its_predecessor(engine, plain):
    alone(engine, ask(PROMPT, EGEN))
    engine.unload_adapter("egen")
    assert engine.prefixes.tokens == 0
    engine.load_adapter("egen", *plain.adapter("teto"))
    assert list(alone(engine, ask(PROMPT, EGEN)).token_ids) == plain.greedy(PROMPT, TETO, 8)
    assert engine.prefixes.hits == 0


def test_a_reply_that_outlives_its_adapters_name_leaves_nothing(engine):
    alone(engine, ask(PROMPT, TETO))
    kept = engine.prefixes.tokens
    running = engine.submit(ask(PROMPT, {"egen": 0.5, "teto": 0.5}, tokens=20))
    engine.step()
    assert engine.prefixes.tokens > kept
    engine.unload_adapter("egen")
    assert engine.prefixes.tokens == kept
    finish(engine, running)
    assert engine.prefixes.tokens == kept


def test_loading_another_adapter_changes_nothing_for_what_is_kept(make_engine, plain):
    engine = make_engine(adapters=["egen"])
    alone(engine, ask(PROMPT, EGEN))
    engine.load_adapter("teto", *plain.adapter("teto"))
    assert list(alone(engine, ask(PROMPT, EGEN)).token_ids) == plain.greedy(PROMPT, EGEN, 8)
    assert engine.prefixes.hits == 1


def test_what_a_cancelled_newcomer_computed_is_not_lost(make_engine, monkeypatch):
    engine = make_engine(prefill_tokens=20)
    newcomer = engine.submit(ask(PROMPT, EGEN))
    engine.step()
    engine.step()
    newcomer.cancelled = True
    finish(engine)
    lengths = pieces_of(engine, monkeypatch)
    alone(engine, ask(PROMPT, EGEN))
    assert lengths == [20, 8]


def test_nothing_is_kept_of_a_reply_whose_numbers_went_wrong(engine):
    request = ask(PROMPT[:20], EGEN, tokens=40)
    spoiled = engine.submit(request)
    while len(spoiled.token_ids) < 20:
        engine.step()
    with torch.inference_mode():
        for layer in engine._runner._cache.layers:
            layer.keys[0] = layer.values[0] = float("nan")
    finish(engine, spoiled)
    assert spoiled.result().finish == "failed"
    assert engine.prefixes.tokens == BLOCK_TOKENS  # of the prompt, from before
    assert alone(engine, request).finish == "length"


def test_an_engine_without_room_for_prefixes_computes_every_prompt(make_engine, monkeypatch):
    engine = make_engine(prefix_tokens=0)
    lengths = pieces_of(engine, monkeypatch)
    assert alone(engine, ask(PROMPT, EGEN)) == alone(engine, ask(PROMPT, EGEN))
    assert lengths == [60, 60]


@pytest.mark.parametrize("values", [{"temperature": 1.0, "seed": 3}, {"repetition_penalty": 1.5}])
def test_sampling_is_the_same_with_and_without_a_known_prefix(engine, values):
    request = ask(PROMPT, EGEN, tokens=20, **values)
    assert alone(engine, request) == alone(engine, request)
    assert engine.prefixes.hits == 1


asks = st.tuples(
    st.sampled_from([(20, 0), (32, 1), (33, 30), (60, 0), (60, 8)]),  # a common beginning, and tokens of its own
    st.sampled_from(MIXES[:3] + MIXES[4:5]),
    st.integers(1, LONGEST_REPLY),  # tokens of the reply
    st.integers(0, 15),  # the step at which it arrives
)


@given(
    arrivals=st.lists(asks, min_size=2, max_size=8),
    prefill_tokens=st.integers(1, 40),
    prefix_tokens=st.integers(0, 160),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_greedy_replies_with_shared_beginnings(kind, plains, make_engine, arrivals, prefill_tokens, prefix_tokens):
    engine = make_engine(kind, max_streams=3, prefill_tokens=prefill_tokens, prefix_tokens=prefix_tokens)
    sequences = {}
    for step in range(16):
        for index, ((common, own), mix, tokens, arrival) in enumerate(arrivals):
            if arrival == step:
                sequences[index] = engine.submit(ask(PROMPT[:common] + prompt_of(own), mix, tokens=tokens))
        engine.step()
    finish(engine)

    assert engine.prefixes.tokens <= prefix_tokens
    for index, ((common, own), mix, tokens, _) in enumerate(arrivals):
        expected = plains[kind].greedy(PROMPT[:common] + prompt_of(own), mix, LONGEST_REPLY)[:tokens]
        assert list(sequences[index].result().token_ids) == expected
