"""Replay holds the base in place outside the chat format."""

from dataclasses import replace

import pytest
import torch

from inference_worker.base_model import load_tokenizer
from inference_worker.training.progress import silent
from inference_worker.training.replay import Replay, make_replay, with_replay
from inference_worker.training.rows import ChatRow
from inference_worker.training.settings import ReplaySettings
from inference_worker.training.sft import train_sft
from inference_worker.training.tokens import plain_ids
from tests.tiny_models import make_tiny_base
from tests.training.conftest import WORDS, load_tiny

TEXTS = [f"{word} {other} {word}" for word in WORDS for other in ("하늘", "바다")]
RECIPE = ReplaySettings(weight=10.0, every=2, batch_size=4)


def neutral_rows() -> list[ChatRow]:
    return [ChatRow(text, ({"role": "assistant", "content": text},)) for text in TEXTS]


def test_a_fresh_adapter_has_forgotten_nothing(tiny_base, tokenizer, tiny_settings):
    """B starts at zero, so the adapter changes nothing yet."""
    model = load_tiny(tiny_base, tiny_settings)
    assert Replay(TEXTS, tokenizer, RECIPE, seed=1).divergence(model, [0, 1, 2, 3]).item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", ["gemma3", "gemma2", "llama", "qwen2"])
def test_the_term_is_the_divergence_of_what_the_whole_model_predicts(kind, tmp_path, tiny_settings):
    base = make_tiny_base(tmp_path, kind)
    tokenizer, model = load_tokenizer(base), load_tiny(base, tiny_settings)
    for name, weights in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.1)
    text = "밥 잠 비 일"
    ids = torch.tensor([plain_ids(text, tokenizer)])
    with torch.no_grad():
        adapted = model(input_ids=ids).logits[0].log_softmax(-1)
        with model.disable_adapter():
            bare = model(input_ids=ids).logits[0].log_softmax(-1)
    expected = (bare.exp() * (bare - adapted)).sum(-1).mean().item()
    term = Replay([text], tokenizer, RECIPE, seed=1).divergence(model, [0]).item()
    assert term == pytest.approx(expected, rel=1e-3) and term > 0


def test_texts_of_other_lengths_beside_it_change_nothing(tiny_base, tokenizer, tiny_settings, sft_adapter):
    model = load_tiny(tiny_base, tiny_settings, adapter=sft_adapter)
    short, long = "밥", "밥 잠 비 일 책 돈 눈 꿈"
    both = Replay([short, long], tokenizer, replace(RECIPE, batch_size=2), seed=1).divergence(model, [0, 1]).item()
    alone = [Replay([text], tokenizer, RECIPE, seed=1).divergence(model, [0]).item() for text in (short, long)]
    tokens = [len(plain_ids(text, tokenizer)) for text in (short, long)]
    average = sum(term * n for term, n in zip(alone, tokens, strict=True)) / sum(tokens)
    assert both == pytest.approx(average, rel=1e-4) and both > 0


def test_the_base_runs_over_a_text_only_once(tiny_base, tokenizer, tiny_settings, sft_adapter):
    model = load_tiny(tiny_base, tiny_settings, adapter=sft_adapter)
    replay = Replay(TEXTS, tokenizer, RECIPE, seed=1)
    first = replay.divergence(model, [0, 1]).item()
    model.disable_adapter = None  # the second time nobody asks for the base
    assert replay.divergence(model, [0, 1]).item() == first


def test_steps_between_replays_pay_nothing_and_the_others_pay_for_them(tiny_base, tokenizer, tiny_settings):
    model = load_tiny(tiny_base, tiny_settings)
    replay = Replay(TEXTS, tokenizer, replace(RECIPE, weight=1.5, every=3), seed=1)
    assert [replay.next_term(model) is None for _ in range(7)] == [False, True, True, False, True, True, False]
    assert replay.weight == 4.5


def test_training_with_replay_forgets_less(tiny_base, tokenizer, tiny_data, tiny_settings):
    rows, recipe = tiny_data.persona_rows("egen", "train"), replace(tiny_settings.sft, epochs=15)
    forgotten = []
    for weight in (RECIPE.weight, 0.0):
        model = load_tiny(tiny_base, tiny_settings)
        replay = make_replay(neutral_rows(), tokenizer, replace(RECIPE, weight=weight), seed=1)
        train_sft(model, tokenizer, rows, recipe, max_length=128, seed=1, progress=silent, replay=replay)
        with torch.no_grad():
            forgotten.append(
                Replay(["산 물 길", "집 꿈 눈"], tokenizer, RECIPE, seed=2).divergence(model, [0, 1]).item()
            )
    assert forgotten[0] < forgotten[1] / 2


def test_every_text_has_its_turn_before_any_comes_again(tokenizer):
    replay = Replay(TEXTS, tokenizer, replace(RECIPE, batch_size=8, every=1), seed=3)
    dealt = [text for _ in range(len(TEXTS) // 8) for text in replay._next_texts()]
    assert sorted(dealt) == list(range(len(TEXTS)))


def test_a_step_draws_its_texts_among_alike_lengths(tokenizer):
    texts = ["밥", "밥 잠 비 일 책 돈 눈 꿈"] * 8
    replay = Replay(texts, tokenizer, replace(RECIPE, batch_size=8, every=1), seed=3)
    assert {frozenset(text % 2 for text in replay._next_texts()) for _ in range(4)} == {frozenset({0}), frozenset({1})}


def test_after_a_pause_the_same_texts_come_as_without_one(tokenizer):
    went_on, paused = (Replay(TEXTS, tokenizer, RECIPE, seed=3) for _ in range(2))
    all_along = [went_on._next_texts() for _ in range(9)]
    paused.skip(4)
    assert [paused._next_texts() for _ in range(5)] == all_along[4:]


def test_nothing_to_replay_leaves_the_trainer_as_it_is(tokenizer):
    assert make_replay([], tokenizer, RECIPE, seed=1) is None
    assert with_replay(object, None) is object
