"""Thumbs teach: liked replies gain on disliked ones, however few of either kind there are."""

from dataclasses import replace

import pytest

from inference_worker.training.kto import label_weights, train_kto, with_strangers
from inference_worker.training.progress import silent
from inference_worker.training.row_files import RowError, read_preference_rows, read_unpaired_rows
from inference_worker.training.rows import UnpairedRow
from inference_worker.training.scoring import score_replies
from inference_worker.training.tokens import RowTooLongError
from tests.training.conftest import WORDS, load_tiny, write_lines


@pytest.fixture
def recipe(tiny_settings):
    return replace(tiny_settings.kto, learning_rate=1e-3, batch_size=4, epochs=3.0)


def thumbs(ups: int, downs: int) -> list[UnpairedRow]:
    """So many replies that were liked, and others that were not."""
    prompts = [({"role": "user", "content": f"{word} 먹자"},) for word in WORDS]
    good = [UnpairedRow(prompt, "좋아요!", True) for prompt in prompts[:ups]]
    return good + [UnpairedRow(prompt, "아니요.", False) for prompt in prompts[-downs:]]


def train(model, tokenizer, rows, recipe, **more):
    return train_kto(model, tokenizer, rows, recipe, **{"max_length": 128, "seed": 1, "progress": silent, **more})


def test_liked_replies_gain_on_disliked_ones(tiny_base, tokenizer, tiny_settings, sft_adapter, recipe):
    model = load_tiny(tiny_base, tiny_settings, sft_adapter)
    before = gap(model, tokenizer)
    heard = []
    figures = train(model, tokenizer, thumbs(6, 6), recipe, progress=heard.append)
    assert gap(model, tokenizer) > before
    assert (figures["rows"], figures["good"], figures["bad"], figures["weights"]) == (12, 6, 6, [1.0, 1.0])
    assert figures["moved_share"] > 0.9 and figures["reward_margin"] > 0
    assert [event["step"] for event in heard] == list(range(1, 10)) and heard[0]["stage"] == "kto"


def test_a_training_that_was_killed_goes_on_and_a_finished_one_is_not_made_again(
    tiny_base, tokenizer, tiny_settings, sft_adapter, recipe, tmp_path
):
    for steps in (9, 0):
        heard = []
        model = load_tiny(tiny_base, tiny_settings, sft_adapter)
        train(model, tokenizer, thumbs(6, 6), recipe, progress=heard.append, checkpoints=tmp_path)
        assert len(heard) == steps


def test_a_single_step_teaches_too(tiny_base, tokenizer, tiny_settings, sft_adapter, recipe):
    model = load_tiny(tiny_base, tiny_settings, sft_adapter)
    figures = train(model, tokenizer, thumbs(2, 1), replace(recipe, epochs=1.0))
    assert figures["steps"] == 1 and figures["moved_share"] > 0.9 and figures["weights"] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("good", "bad", "weights"), [(5, 5, (1, 1)), (10, 40, (4, 1)), (40, 10, (1, 4)), (1, 99, (10, 1)), (99, 1, (1, 10))]
)
def test_the_rarer_kind_weighs_more_but_never_too_much(good, bad, weights):
    assert label_weights(good, bad, most=10.0) == weights


@pytest.mark.parametrize(("good", "bad"), [(9, 3), (3, 9), (7, 5)])
def test_weighted_kinds_lie_where_trl_wants_them(good, bad):
    up, down = label_weights(good, bad, most=10.0)
    assert 1 <= (up * good) / (down * bad) <= 4 / 3


def test_every_row_meets_the_reply_of_another_of_its_batch():
    rows = [{"completion_ids": [number]} for number in range(5)]
    assert [row["KL_completion_ids"] for row in with_strangers(rows, 3)] == [[2], [0], [1], [4], [3]]


def test_a_row_that_does_not_fit_is_named(tiny_base, tokenizer, tiny_settings, sft_adapter, recipe):
    model = load_tiny(tiny_base, tiny_settings, sft_adapter)
    with pytest.raises(RowTooLongError, match="먹자. has 2. tokens, the limit is 4"):
        train(model, tokenizer, thumbs(6, 6), recipe, max_length=4)


def test_pairs_and_thumbs_are_read_from_one_file(tmp_path):
    pair = {"prompt": "밥", "chosen": "응", "rejected": "아니"}
    thumb = {"prompt": [{"role": "user", "content": "잠"}], "completion": "자자", "label": False, "thumb": 3}
    file = write_lines(tmp_path / "rows.jsonl", [pair, thumb])
    assert [row.chosen for row in read_preference_rows(file)] == ["응"]
    assert [(row.reply, row.is_good) for row in read_unpaired_rows(file)] == [("자자", False)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"prompt": "밥", "completion": "응", "label": "up"}, "label"),
        ({"prompt": "밥", "label": True}, "completion"),
        ({"completion": "응", "label": True}, "prompt"),
    ],
)
def test_a_bad_thumb_is_named_by_line_and_field(tmp_path, row, field):
    with pytest.raises(RowError, match=f"line 1, field '{field}'"):
        read_unpaired_rows(write_lines(tmp_path / "bad.jsonl", [row]))


def gap(model, tokenizer) -> float:
    items = [
        ([{"role": "user", "content": f"{word} 먹자"}], reply) for word in WORDS for reply in ("좋아요!", "아니요.")
    ]
    scores = [score.logprob for score in score_replies(model, tokenizer, items)]
    return sum(scores[::2]) - sum(scores[1::2])
