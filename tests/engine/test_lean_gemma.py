"""The lean forward gives the numbers of transformers' own."""

import copy
from functools import partial

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference_worker.base_model import load_model
from inference_worker.engine import lean_layer
from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.cache import SlotCache
from inference_worker.engine.forward import TransformersForward, make_forward
from inference_worker.engine.layer_kernel import run_layer
from inference_worker.engine.lean_gemma import LeanGemma, is_lean_gemma
from inference_worker.engine.masks import attention_masks, attention_windows
from tests.engine.conftest import ADAPTERS
from tests.engine.test_same_as_alone import MIXES, prompt_of

SLOTS, MAX_LEN = 4, 96


class Side:
    """A forward with a bank and a cache of its own."""

    def __init__(self, plain, *, lean: bool, int8: bool = False, adapters=tuple(ADAPTERS)) -> None:
        model = copy.deepcopy(plain.model)
        self.config, self.bank = model.config, AdapterBank(model)
        self.cache = SlotCache(model.config.num_hidden_layers, SLOTS, MAX_LEN)
        if lean:
            self.forward = make_forward(model, self.bank, max_len=MAX_LEN, int8=int8)
        else:
            self.forward = TransformersForward(model)
        for name in adapters:
            self.bank.load(name, *plain.adapter(name))

    @torch.inference_mode()
    def run(self, ids: torch.Tensor, starts: list[int], mixes: list[dict], *, row: int = 0, keep: int = 1):
        """Logits of `ids` [rows, tokens], whose first tokens stand at `starts`."""
        rows, tokens = ids.shape
        positions = torch.tensor(starts).unsqueeze(1) + torch.arange(tokens)
        longest = max(starts) + tokens
        self.cache.aim(row, positions, longest)
        held = [self.bank.acquire(mix) for mix in mixes]
        self.bank.rank_weights.rows = self.bank.weights_of(held)
        make_masks = partial(attention_masks, positions, longest, attention_windows(self.config), torch.float32)
        logits = self.forward(ids, positions, make_masks, self.cache, keep)
        for mix in held:
            self.bank.release(mix)
        return logits


@pytest.fixture(scope="module")
def sides(plains) -> tuple[Side, Side]:
    return Side(plains["gemma3"], lean=True), Side(plains["gemma3"], lean=False)


def same(sides: tuple[Side, Side], *args, **options) -> None:
    lean, plain = (side.run(*args, **options) for side in sides)
    torch.testing.assert_close(lean, plain, rtol=1e-4, atol=1e-3)


def test_this_is_the_lean_forward(sides):
    assert isinstance(sides[0].forward, LeanGemma)


rows = st.tuples(
    st.integers(1, 60),  # tokens of the prompt: the sliding window is 8
    st.sampled_from(MIXES),
    st.integers(1, 60),  # how many of them are run at once
)


@given(batch=st.lists(rows, min_size=1, max_size=SLOTS), steps=st.integers(0, 3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_prompts_in_pieces_and_steps_of_rows_of_any_length(sides, batch, steps):
    for row, (length, mix, piece) in enumerate(batch):
        prompt = torch.tensor([prompt_of(length)])
        for start in range(0, length, piece):
            same(sides, prompt[:, start : start + piece], [start], [mix], row=row)
    lengths = [length for length, _, _ in batch]
    for step in range(steps):
        ids = torch.tensor([[20 + step + row] for row in range(len(batch))])
        same(sides, ids, [length + step for length in lengths], [mix for _, mix, _ in batch])


@pytest.mark.parametrize("length", [3, 9, 60])
@pytest.mark.parametrize("mixes", [MIXES[:1], MIXES[:2], MIXES[1:5]])
def test_a_step_in_int8_is_what_the_whole_prompt_gives(plains, monkeypatch, length, mixes):
    """A step runs each layer in one call, a prompt does not: each checks the other."""
    calls = []
    monkeypatch.setattr(lean_layer, "run_layer", lambda *given: calls.append(1) or run_layer(*given))
    side = Side(plains["gemma3"], lean=True, int8=True)
    prompts = [torch.tensor([prompt_of(length + row)]) for row in range(len(mixes))]
    whole = [side.run(prompt, [0], [mix]) for prompt, mix in zip(prompts, mixes, strict=True)]
    assert not calls
    for row, (prompt, mix) in enumerate(zip(prompts, mixes, strict=True)):
        side.run(prompt[:, :-1], [0], [mix], row=row)
    last, starts = torch.cat([prompt[:, -1:] for prompt in prompts]), [prompt.shape[1] - 1 for prompt in prompts]
    torch.testing.assert_close(side.run(last, starts, mixes), torch.cat(whole), rtol=1e-3, atol=1e-3)
    assert len(calls) == side.config.num_hidden_layers


def test_every_kept_position(sides):
    ids = torch.tensor([prompt_of(30), prompt_of(31)[:30]])
    same(sides, ids, [0, 0], MIXES[3:5], keep=30)


@torch.inference_mode()
def test_texts_without_a_cache_padded_on_the_left(sides):
    pads = torch.tensor([0, 11])
    ids = torch.tensor([prompt_of(20), [0] * 11 + prompt_of(9)])
    places = torch.arange(20).expand(2, 20)
    logits = []
    for side in sides:
        windows = attention_windows(side.config)
        make_masks = partial(attention_masks, places, 20, windows, torch.float32, first_key=pads)
        side.bank.rank_weights.rows = None
        logits.append(side.forward(ids, (places - pads[:, None]).clamp(min=0), make_masks, None, 9))
    torch.testing.assert_close(*logits, rtol=1e-4, atol=1e-3)


def test_adapters_that_come_and_go_between_two_steps(plains):
    sides = Side(plains["gemma3"], lean=True, adapters=()), Side(plains["gemma3"], lean=False, adapters=())
    ids = torch.tensor([prompt_of(12)])
    same(sides, ids, [0], [{}])
    for name in ("teto", "egen", "shy"):
        for side in sides:
            side.bank.load(name, *plains["gemma3"].adapter(name))
        same(sides, ids, [0], [{name: 1.0}])
    for side in sides:
        side.bank.unload("egen")
    same(sides, ids, [0], [{"teto": 0.7, "shy": 0.3}])
    for name in ("teto", "shy"):
        for side in sides:
            side.bank.unload(name)
    same(sides, ids, [0], [{}])


@pytest.mark.parametrize("mix", [{"egen": 0.0}, {"egen": 0.0, "shy": 1.0}, {"egen": 1.0, "shy": -0.5}])
def test_weights_of_zero_and_below(sides, mix):
    same(sides, torch.tensor([prompt_of(9)] * 2), [0, 0], [mix, {}])


def test_the_weights_are_not_held_twice(plain):
    model = copy.deepcopy(plain.model)
    make_forward(model, AdapterBank(model), max_len=MAX_LEN, int8=False)
    assert model.model.layers[0].self_attn.q_proj.weight is None
    assert model.get_input_embeddings().weight is not None


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_other_models_run_as_transformers_runs_them(plains, kind):
    model = copy.deepcopy(plains[kind].model)
    assert isinstance(make_forward(model, AdapterBank(model), max_len=MAX_LEN, int8=True), TransformersForward)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("hidden_activation", "gelu"),
        ("attention_bias", True),
        ("use_bidirectional_attention", True),
        ("attn_logit_softcapping", 50.0),
        ("final_logit_softcapping", 30.0),
    ],
)
def test_a_gemma_that_computes_something_else_is_not_taken(plain, setting, value):
    model = copy.deepcopy(plain.model)
    assert is_lean_gemma(model)
    setattr(model.config, setting, value)
    assert not is_lean_gemma(model)


def test_a_gemma_in_half_precision_or_quantised_otherwise_is_not_taken(plain):
    assert not is_lean_gemma(copy.deepcopy(plain.model).to(torch.bfloat16))
    assert not is_lean_gemma(load_model(plain.base, quantization="int8", device="cpu"))
    assert not is_lean_gemma(load_model(plain.base, quantization="nf4", device="cpu"))
