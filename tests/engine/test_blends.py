"""A blend is the one that peft makes of the same adapters, whatever their ranks, scalings and layers."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.runner import Runner
from tests.engine.conftest import ADAPTERS, KINDS
from tests.engine.test_same_as_alone import prompt_of

NAMES = list(ADAPTERS)
LENGTHS = (1, 9, 40)  # the sliding window is 8 tokens

blends = st.dictionaries(st.sampled_from(NAMES), st.floats(-1, 2).map(lambda weight: round(weight, 3)), max_size=3)


class Side:
    """The engine's forward over one tiny base, with every adapter loaded."""

    def __init__(self, plain) -> None:
        model = copy.deepcopy(plain.model)
        self._bank = AdapterBank(model)
        self._runner = Runner(model, self._bank, slots=1, max_len=max(LENGTHS))
        for name in NAMES:
            self._bank.load(name, *plain.adapter(name))

    def logits(self, texts: list[list[int]], mixes: list[dict[str, float]]) -> list[torch.Tensor]:
        """Of every token of each text, [tokens, vocab]."""
        held = [self._bank.acquire(mix) for mix in mixes]
        logits = self._runner.tail_logits(texts, max(map(len, texts)), held)
        for mix in held:
            self._bank.release(mix)
        assert self._bank.references == 0
        return [row[-len(text) :] for row, text in zip(logits, texts, strict=True)]


@pytest.fixture(scope="module", params=KINDS)
def sides(request, plains):
    return plains[request.param], Side(plains[request.param])


@given(weights=st.lists(blends, min_size=len(LENGTHS), max_size=len(LENGTHS)))
@settings(max_examples=15, deadline=None)
def test_a_blend_equals_pefts_concatenation(sides, weights):
    plain, engine = sides
    texts = [prompt_of(length) for length in LENGTHS]
    for text, mix, logits in zip(texts, weights, engine.logits(texts, weights), strict=True):
        torch.testing.assert_close(logits, plain.logits(text, mix), rtol=1e-3, atol=2e-3)
