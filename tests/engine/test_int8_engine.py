"""The engine with its weights in int8: the same contract, beside numbers that are only nearly the same."""

import copy

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference_worker.engine import RequestFailed
from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.runner import Runner
from tests.engine.conftest import ADAPTERS, alone, ask, finish
from tests.engine.test_same_as_alone import MIXES, PROMPTS, prompt_of


@pytest.fixture
def engine(make_engine):
    return make_engine(int8=True, max_streams=3)


def test_the_logits_are_near_those_of_plain_transformers_and_peft(plain):
    model = copy.deepcopy(plain.model)
    bank = AdapterBank(model)
    runner = Runner(model, bank, slots=1, max_len=64, int8=True)
    for name in ADAPTERS:
        bank.load(name, *plain.adapter(name))
    for mix in MIXES:
        text = prompt_of(40)
        logits = runner.tail_logits([text], len(text), [bank.acquire(mix)])[0]
        exact = plain.logits(text, mix)
        assert not torch.equal(logits, exact)
        assert torch.nn.functional.cosine_similarity(logits, exact).mean() > 0.99


asks = st.tuples(st.sampled_from(PROMPTS), st.sampled_from(MIXES), st.integers(1, 10), st.floats(0, 1.2))


@given(batch=st.lists(asks, min_size=2, max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_reply_is_the_same_alone_and_in_company(engine, batch):
    requests = [
        ask(prompt, mix, tokens=tokens, temperature=temperature, seed=index)
        for index, (prompt, mix, tokens, temperature) in enumerate(batch)
    ]
    expected = [alone(engine, request) for request in requests]
    assert finish(engine, *map(engine.submit, requests)) == expected


def test_a_reply_whose_numbers_go_wrong_fails_alone(engine):
    good = ask(PROMPTS[4], {"egen": 1.0}, tokens=10)
    expected = alone(engine, good)
    spoiled, neighbour = engine.submit(ask(PROMPTS[3], tokens=30)), engine.submit(good)
    for _ in range(4):
        engine.step()
    with torch.inference_mode():
        for layer in engine._runner._cache.layers:
            layer.keys[0] = layer.values[0] = float("nan")
    failed, other = finish(engine, spoiled, neighbour)
    assert isinstance(failed.error, RequestFailed)
    assert other == expected
    assert alone(engine, good) == expected


def test_an_adapter_comes_and_goes_while_others_talk(make_engine, plain):
    engine = make_engine(adapters=("egen",), int8=True)
    request = ask(PROMPTS[4], {"egen": 1.0}, tokens=12)
    expected = alone(engine, request)
    running = engine.submit(request)
    engine.step()
    engine.load_adapter("teto", *plain.adapter("teto"))
    newcomer = engine.submit(ask(PROMPTS[4], {"teto": 1.0}, tokens=4))
    engine.step()
    engine.unload_adapter("teto")
    first, second = finish(engine, running, newcomer)
    assert first == expected
    assert second.token_ids != expected.token_ids[:4]
    assert engine.adapters == ("egen",)


def test_the_first_row_may_leave_before_the_others(engine):
    requests = [ask(prompt, mix, tokens=10) for prompt, mix in zip(PROMPTS[:3], MIXES[2:5], strict=True)]
    expected = [alone(engine, request) for request in requests]
    sequences = [engine.submit(request) for request in requests]
    for _ in range(7):
        engine.step()
    sequences[0].cancelled = True
    engine.step()
    assert engine.running == 2
    assert finish(engine, *sequences)[1:] == expected[1:]
