"""Whatever shares the batch, a reply is the one that plain transformers + peft give to the same request alone."""

import copy
import random

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peft import get_peft_model, set_peft_model_state_dict

from inference_worker.base_model import load_model
from inference_worker.engine import Engine
from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.runner import Runner
from tests.engine.conftest import ADAPTERS, ask, finish

MIXES = [
    {},
    {"egen": 1.0},
    {"teto": 1.0},
    {"shy": 1.0},
    {"egen": 0.6, "teto": 0.4},
    {"egen": 0.2, "teto": 0.3, "shy": 0.5},
]
LONGEST_REPLY = 10


def prompt_of(length: int) -> list[int]:
    return random.Random(length).choices(range(6, 300), k=length)


# The sliding window is 8 tokens: below, just at, and far beyond it.
PROMPTS = [prompt_of(length) for length in (1, 7, 8, 9, 60)]

asks = st.tuples(
    st.sampled_from(PROMPTS),
    st.sampled_from(MIXES),
    st.integers(1, LONGEST_REPLY),  # tokens of the reply
    st.integers(0, 10),  # the step at which it arrives
)


@given(arrivals=st.lists(asks, min_size=1, max_size=8))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_greedy_replies_in_any_company(kind, plains, make_engine, arrivals):
    engine = make_engine(kind, max_streams=3)
    sequences = {}
    for step in range(11):
        for index, (prompt, mix, tokens, arrival) in enumerate(arrivals):
            if arrival == step:
                sequences[index] = engine.submit(ask(prompt, mix, tokens=tokens))
        engine.step()
    finish(engine)

    for index, (prompt, mix, tokens, _) in enumerate(arrivals):
        expected = plains[kind].greedy(prompt, mix, LONGEST_REPLY)[:tokens]
        assert list(sequences[index].result().token_ids) == expected


def test_logits_of_a_mixed_batch(kind, plains):
    plain = plains[kind]
    model = copy.deepcopy(plain.model)
    bank = AdapterBank(model)
    for name in ADAPTERS:
        bank.load(name, *plain.adapter(name))
    mixes = [bank.acquire(mix) for mix in MIXES]
    runner = Runner(model, bank, slots=len(mixes), max_len=64)
    texts = [prompt_of(length) for length in (1, 8, 9, 31, 60, 20)]

    for row, (text, mix) in enumerate(zip(texts, mixes, strict=True)):
        torch.testing.assert_close(
            runner.prefill(row, text, mix)[0], plain.logits(text, MIXES[row])[-1], rtol=1e-3, atol=1e-3
        )
    for step in range(3):
        positions = [len(text) for text in texts]
        texts = [[*text, 10 + step] for text in texts]
        logits = runner.decode([text[-1] for text in texts], positions, mixes)
        for row, text in enumerate(texts):
            torch.testing.assert_close(logits[row], plain.logits(text, MIXES[row])[-1], rtol=1e-3, atol=1e-3)


def test_the_adapters_make_a_difference(kind, plains):
    """Without this the tests above could compare a base with itself."""
    replies = {tuple(plains[kind].greedy(PROMPTS[4], mix, LONGEST_REPLY)) for mix in MIXES}
    assert len(replies) == len(MIXES)


def test_the_repetition_penalty_is_that_of_transformers(plain, engine):
    penalty = 1.3
    prompt = torch.tensor([PROMPTS[4]])
    with plain.peft.disable_adapter():
        expected = plain.peft.generate(
            input_ids=prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=LONGEST_REPLY,
            do_sample=False,
            repetition_penalty=penalty,
            eos_token_id=None,
        )[0, prompt.shape[1] :]
    request = ask(PROMPTS[4], tokens=LONGEST_REPLY, repetition_penalty=penalty)
    [result] = finish(engine, engine.submit(request))
    assert list(result.token_ids) == expected.tolist()


@pytest.mark.parametrize("quantization", ["int8", "nf4"])
def test_a_quantised_base_carries_adapters_as_well(plain, quantization):
    tensors, config = plain.adapter("egen")
    alone = get_peft_model(
        load_model(plain.base, quantization=quantization, device="cpu"), copy.copy(ADAPTERS["egen"])
    ).eval()
    set_peft_model_state_dict(alone, tensors)
    prompt = torch.tensor([PROMPTS[3]])
    expected = alone.generate(
        input_ids=prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=8, do_sample=False, eos_token_id=None
    )[0, prompt.shape[1] :]

    engine = Engine(load_model(plain.base, quantization=quantization, device="cpu"), plain.tokenizer, max_len=128)
    engine.load_adapter("egen", tensors, config)
    engine.load_adapter("teto", *plain.adapter("teto"))
    requests = [ask(PROMPTS[3], {"egen": 1.0}), ask(PROMPTS[4], {"teto": 1.0})]
    results = finish(engine, *map(engine.submit, requests))
    assert list(results[0].token_ids) == expected.tolist()
