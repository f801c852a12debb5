"""Adapters are loaded and unloaded while replies run, and only those that fit are taken."""

import pytest
import torch

from inference_worker.engine import AdapterMismatch, AdapterNameTaken, UnknownAdapter
from tests.engine.conftest import alone, ask, finish

PROMPT = list(range(30, 45))
DOWN = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
UP = "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"


def test_loading_and_unloading_do_not_disturb_running_replies(make_engine, plain):
    engine = make_engine(adapters=["egen"])
    request = ask(PROMPT, {"egen": 1.0}, tokens=20)
    expected = alone(engine, request)
    running = engine.submit(request)
    for change in (
        lambda: engine.load_adapter("teto", *plain.adapter("teto")),
        lambda: engine.load_adapter("shy", *plain.adapter("shy")),
        lambda: engine.unload_adapter("teto"),
        lambda: engine.unload_adapter("shy"),
    ):
        engine.step()
        engine.step()
        change()
    assert finish(engine, running) == [expected]


def test_a_new_adapter_serves_the_next_request(make_engine, plain):
    engine = make_engine(adapters=[])
    engine.load_adapter("teto", *plain.adapter("teto"))
    result = alone(engine, ask(PROMPT, {"teto": 1.0}))
    assert list(result.token_ids) == plain.greedy(PROMPT, {"teto": 1.0}, 8)


def test_unloading_waits_for_the_reply_that_uses_it(engine):
    request = ask(PROMPT, {"egen": 1.0}, tokens=12)
    expected = alone(engine, request)
    running, waiting = engine.submit(request), engine.submit(request)
    engine.step()
    ranks = engine._bank.ranks
    engine.unload_adapter("egen")
    assert "egen" not in engine.adapters
    assert engine._bank.ranks == ranks
    with pytest.raises(UnknownAdapter):
        engine.submit(request)
    assert finish(engine, running, waiting) == [expected, expected]
    assert engine._bank.ranks == ranks - 4


def test_an_unused_adapter_goes_at_once(engine):
    ranks = engine._bank.ranks
    engine.unload_adapter("teto")
    assert engine._bank.ranks == ranks - 7
    with pytest.raises(UnknownAdapter):
        engine.unload_adapter("teto")


def test_a_name_loaded_anew_never_mixes_with_its_predecessor(engine, plain):
    """The running reply keeps the old tensors; a new request gets the new ones, in the same batch."""
    old = ask(PROMPT, {"egen": 1.0}, tokens=16)
    expected = alone(engine, old)
    running = engine.submit(old)
    engine.step()
    engine.unload_adapter("egen")
    engine.load_adapter("egen", *plain.adapter("teto"))
    renewed = engine.submit(ask(PROMPT, {"egen": 1.0}, tokens=8))
    results = finish(engine, running, renewed)
    assert results[0] == expected
    assert list(results[1].token_ids) == plain.greedy(PROMPT, {"teto": 1.0}, 8)


def test_a_taken_name_is_refused(engine, plain):
    with pytest.raises(AdapterNameTaken, match="'egen'"):
        engine.load_adapter("egen", *plain.adapter("teto"))


def test_weight_zero_is_the_base(engine, plain):
    assert list(alone(engine, ask(PROMPT, {"egen": 0.0})).token_ids) == plain.greedy(PROMPT, {}, 8)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda tensors: tensors.update({DOWN: torch.zeros(4, 63)}), rf"{DOWN}.*\[4, 63\].*\[4, 64\]"),
        (lambda tensors: tensors.update({UP: torch.zeros(128, 5)}), rf"{UP}.*\[128, 5\].*\[128, 4\]"),
        (lambda tensors: tensors.pop(UP), f"lacks.*{UP}"),
        (lambda tensors: tensors[DOWN].fill_(float("nan")), f"{DOWN}.*NaN"),
        (lambda tensors: tensors.update({DOWN.replace("layers.0", "layers.99"): tensors[DOWN]}), "layers.99"),
        (lambda tensors: tensors.update({"base_model.model.lm_head.bias": torch.zeros(3)}), "lm_head.bias"),
        (lambda tensors: tensors.clear(), "no tensors"),
    ],
)
def test_tensors_that_do_not_fit_are_refused_by_name(make_engine, plain, spoil, named):
    engine = make_engine()
    tensors, config = plain.adapter("egen")
    tensors = {name: tensor.clone() for name, tensor in tensors.items()}
    spoil(tensors)
    ranks = engine._bank.ranks
    with pytest.raises(AdapterMismatch, match=f"(?s)'bad'.*{named}"):
        engine.load_adapter("bad", tensors, config)
    assert engine._bank.ranks == ranks
    assert "bad" not in engine.adapters


@pytest.mark.parametrize(
    "change",
    [{"use_dora": True}, {"alpha_pattern": {"q_proj": 3}}, {"r": None}, {"r": 0}, {"r": 5}, {"lora_alpha": None}],
)
def test_settings_that_do_not_fit_are_refused(engine, plain, change):
    tensors, config = plain.adapter("egen")
    with pytest.raises(AdapterMismatch, match="'bad'"):
        engine.load_adapter("bad", tensors, {**config, **change})


def test_another_bases_adapter_is_refused(make_engine, plains):
    """llama's layers are named as gemma's are, but their shapes differ."""
    engine = make_engine("gemma3")
    with pytest.raises(AdapterMismatch, match="shape"):
        engine.load_adapter("foreign", *plains["llama"].adapter("egen"))
