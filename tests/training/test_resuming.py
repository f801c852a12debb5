"""A training that was killed goes on from its last checkpoint and ends as it would have."""

import shutil
from dataclasses import replace

import pytest
import torch

from inference_worker.training import checkpoints
from inference_worker.training.dpo import train_dpo
from inference_worker.training.lora import ADAPTER_NAME
from inference_worker.training.replay import make_replay
from tests.training.conftest import load_tiny


class Killed(BaseException):
    pass


@pytest.fixture(autouse=True)
def a_checkpoint_every_second_step(monkeypatch):
    monkeypatch.setattr(checkpoints, "CHECKPOINT_STEPS", 2)


@pytest.fixture
def train(tiny_base, tokenizer, tiny_data, tiny_settings, sft_adapter):
    """Train on the natural pairs, eight steps; `die_at` kills it at that step. Gives back the adapter's weights."""
    recipe = replace(tiny_settings.natural_dpo, batch_size=2, epochs=2.0)

    def run(checkpoints=None, die_at=None):
        heard = []

        def progress(event):
            heard.append(event.get("step"))
            if event.get("step") == die_at is not None:
                raise Killed

        model = load_tiny(tiny_base, tiny_settings, sft_adapter)
        replay = make_replay(tiny_data.neutral_rows(), tokenizer, replace(tiny_settings.replay, batch_size=1), 1)
        pairs = tiny_data.natural_pairs("egen", "train")
        figures = train_dpo(
            model,
            tokenizer,
            pairs,
            recipe,
            max_length=128,
            seed=1,
            progress=progress,
            replay=replay,
            checkpoints=checkpoints,
        )
        weights = {
            name: value.detach().clone() for name, value in model.named_parameters() if f".{ADAPTER_NAME}." in name
        }
        return figures, weights, [step for step in heard if step]

    return run


def test_it_ends_with_the_weights_and_figures_of_one_that_was_never_killed(train, tmp_path):
    whole_figures, whole, steps = train()
    assert steps == list(range(1, 9))
    with pytest.raises(Killed):
        train(tmp_path, die_at=6)
    figures, weights, steps = train(tmp_path)
    assert steps[0] in (5, 6, 7), "it began behind the last checkpoint"
    assert all(torch.allclose(weights[name], value, atol=1e-6) for name, value in whole.items())
    assert figures["loss_last"] == pytest.approx(whole_figures["loss_last"], abs=1e-3)
    assert figures["steps"] == 8 and figures["moved_share"] > 0.9


def test_a_checkpoint_that_was_half_written_is_passed_over(train, tmp_path):
    with pytest.raises(Killed):
        train(tmp_path, die_at=6)
    newest = max(tmp_path.glob("checkpoint-*"), key=lambda folder: int(folder.name.split("-")[1]))
    (newest / "trainer_state.json").unlink()
    (newest / "optimizer.pt").write_bytes(b"torn")
    assert train(tmp_path)[0]["steps"] == 8


def test_a_training_killed_while_it_was_measured_is_not_made_again(train, tmp_path):
    _, whole, _ = train(tmp_path)
    figures, weights, steps = train(tmp_path)
    assert steps == [] and figures["steps"] == 8
    assert all(torch.allclose(weights[name], value, atol=1e-6) for name, value in whole.items())


def test_without_a_checkpoint_it_begins_at_the_beginning(train, tmp_path):
    shutil.rmtree(tmp_path)
    assert train(tmp_path)[2] == list(range(1, 9))
