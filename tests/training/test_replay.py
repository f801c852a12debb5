"""Replay holds the base in place outside the chat format."""

from dataclasses import replace

import pytest
import torch

from inference_worker.training.progress import silent
from inference_worker.training.replay import Replay, make_replay, with_replay
from inference_worker.training.rows import ChatRow
from inference_worker.training.settings import ReplaySettings
from inference_worker.training.sft import train_sft
from tests.training.conftest import WORDS, load_tiny

TEXTS = [f"{word} {other} {word}" for word in WORDS for other in ("하늘", "바다")]
RECIPE = ReplaySettings(weight=20.0, batch_size=4)


def neutral_rows() -> list[ChatRow]:
    return [ChatRow(text, ({"role": "assistant", "content": text},)) for text in TEXTS]


def test_a_fresh_adapter_has_forgotten_nothing(tiny_base, tokenizer, tiny_settings):
    """B starts at zero, so the adapter changes nothing yet."""
    model = load_tiny(tiny_base, tiny_settings)
    assert Replay(TEXTS, tokenizer, RECIPE, seed=1).loss(model).item() == pytest.approx(0, abs=1e-6)


def test_the_term_is_the_divergence_from_the_base_and_ignores_padding(tiny_base, tokenizer, tiny_settings, sft_adapter):
    model = load_tiny(tiny_base, tiny_settings, adapter=sft_adapter)
    short, long = "밥", "밥 잠 비 일 책 돈 눈 꿈"
    both = Replay([short, long], tokenizer, replace(RECIPE, batch_size=2), seed=1).loss(model).item()
    alone = [Replay([text], tokenizer, replace(RECIPE, batch_size=1), seed=1) for text in (short, long)]
    tokens = [len(replay._encoded[0]) for replay in alone]
    average = sum(replay.loss(model).item() * n for replay, n in zip(alone, tokens, strict=True)) / sum(tokens)
    assert both == pytest.approx(average, rel=1e-4) and both > 0


def test_training_with_replay_forgets_less(tiny_base, tokenizer, tiny_data, tiny_settings):
    rows, recipe = tiny_data.persona_rows("egen", "train"), replace(tiny_settings.sft, epochs=15)
    forgotten = []
    for weight in (RECIPE.weight, 0.0):
        model = load_tiny(tiny_base, tiny_settings)
        replay = make_replay(neutral_rows(), tokenizer, replace(RECIPE, weight=weight), seed=1)
        train_sft(model, tokenizer, rows, recipe, max_length=128, seed=1, progress=silent, replay=replay)
        with torch.no_grad():
            forgotten.append(Replay(["산 물 길", "집 꿈 눈"], tokenizer, RECIPE, seed=2).loss(model).item())
    assert forgotten[0] < forgotten[1] / 2


def test_every_text_has_its_turn_before_any_comes_again(tokenizer):
    replay = Replay(TEXTS, tokenizer, replace(RECIPE, batch_size=8), seed=3)
    dealt = [tuple(ids) for _ in range(len(TEXTS) // 8) for ids in replay._next_batch()]
    assert len(set(dealt)) == len(TEXTS)


def test_nothing_to_replay_leaves_the_trainer_as_it_is(tokenizer):
    assert make_replay([], tokenizer, RECIPE, seed=1) is None
    assert with_replay(object, None) is object
