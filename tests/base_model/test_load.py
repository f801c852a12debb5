"""Bases load in every quantisation, ready to serve."""

import pytest
import torch
from bitsandbytes.nn import Linear4bit, Linear8bitLt

from inference_worker.base_model import BaseModel, BaseModelError, load_model, load_tokenizer
from inference_worker.chat_format import render
from tests.tiny_models import make_tiny_base

KINDS = ["gemma3", "llama", "qwen2"]


@pytest.fixture(scope="module", params=KINDS)
def tiny(request, tmp_path_factory) -> BaseModel:
    return make_tiny_base(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def prompt(tiny) -> torch.Tensor:
    """Ids of a chat prompt, longer than the tiny Gemma's window, [1, length]."""
    ids = render([{"role": "user", "content": "오늘 기분이 어때요?"}], load_tokenizer(tiny))
    assert len(ids) > 8
    return torch.tensor([ids])


def test_it_is_ready_to_serve(tiny):
    model = load_model(tiny, device="cpu")
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert model.dtype == torch.float32


@pytest.mark.parametrize(("quantization", "linear"), [("int8", Linear8bitLt), ("nf4", Linear4bit)])
def test_a_quantised_base_stays_near_the_plain_one(tiny, prompt, quantization, linear):
    with torch.no_grad():
        plain = load_model(tiny, device="cpu")(prompt).logits
        model = load_model(tiny, quantization=quantization, device="cpu")
        logits = model(prompt).logits
    assert isinstance(model.model.layers[0].self_attn.q_proj, linear)
    assert torch.nn.functional.cosine_similarity(plain.flatten(), logits.flatten(), dim=0) > 0.8


def test_nf4_quantises_its_scales_as_well(tiny):
    model = load_model(tiny, quantization="nf4", device="cpu")
    state = model.model.layers[0].self_attn.q_proj.weight.quant_state
    assert (state.quant_type, state.nested) == ("nf4", True)


def test_an_unknown_quantisation_names_the_setting_and_its_values(tiny):
    with pytest.raises(BaseModelError, match="QUANTIZATION is 'int4'. It may be auto, none, int8, nf4."):
        load_model(tiny, quantization="int4")


def test_a_broken_folder_names_the_model(tmp_path):
    with pytest.raises(BaseModelError, match="mine cannot be loaded"):
        load_model(BaseModel(path=tmp_path, hash="", name="mine"))
    with pytest.raises(BaseModelError, match="tokenizer of mine cannot be loaded"):
        load_tokenizer(BaseModel(path=tmp_path, hash="", name="mine"))
