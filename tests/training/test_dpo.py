"""DPO pulls away from the SFT adapter, not from the bare base."""

import pytest
import torch

from inference_worker.adapter_files import read_adapter
from inference_worker.training.checks import TrainingCheckError, check_reference
from inference_worker.training.dpo import train_dpo
from inference_worker.training.progress import silent
from inference_worker.training.scoring import score_replies
from tests.training.conftest import load_tiny


@pytest.fixture
def pairs(tiny_data):
    return tiny_data.natural_pairs("egen", "train")


def _train(model, tokenizer, pairs, settings):
    return train_dpo(model, tokenizer, pairs, settings.natural_dpo, max_length=128, seed=1, progress=silent)


def test_the_reference_is_the_sft_adapter(tiny_base, tokenizer, tiny_settings, sft_adapter, pairs):
    model = load_tiny(tiny_base, tiny_settings, sft_adapter)
    _train(model, tokenizer, pairs, tiny_settings)
    saved = read_adapter(sft_adapter, tiny_base.hash).tensors
    for name, start in saved.items():
        reference = model.get_parameter(name.replace(".weight", ".ref.weight"))
        policy = model.get_parameter(name.replace(".weight", ".default.weight"))
        assert torch.equal(reference, start)
        assert not torch.equal(policy, start)


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_chosen_replies_gain_on_rejected_ones(tiny_base, tokenizer, tiny_settings, sft_adapter, pairs, quantization):
    model = load_tiny(tiny_base, tiny_settings, sft_adapter, quantization)
    before = _margin(model, tokenizer, pairs)
    figures = _train(model, tokenizer, pairs, tiny_settings)
    assert figures["moved_share"] > 0.9 and figures["rows"] == len(pairs)
    assert _margin(model, tokenizer, pairs) > before


def test_a_reference_that_moved_is_noticed(tiny_base, tiny_settings, sft_adapter):
    model = load_tiny(tiny_base, tiny_settings, sft_adapter)
    with pytest.raises(TrainingCheckError, match="no reference"):
        check_reference(model)
    model.add_adapter("ref", model.peft_config["default"])
    with pytest.raises(TrainingCheckError, match="not the frozen starting adapter"):
        check_reference(model)


def _margin(model, tokenizer, pairs) -> float:
    items = [(list(pair.prompt), reply) for pair in pairs for reply in (pair.chosen, pair.rejected)]
    scores = [score.logprob for score in score_replies(model, tokenizer, items)]
    return sum(scores[::2]) - sum(scores[1::2])
