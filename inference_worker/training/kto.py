"""Kahneman-Tversky optimisation: replies that were liked become likelier, others less likely, each by itself.

It follows DPO on the same adapter. What it begins with is the reference.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference_worker.training import checks
from inference_worker.training.arguments import common_arguments
from inference_worker.training.checkpoints import checkpoint_arguments
from inference_worker.training.preference_run import run_checked
from inference_worker.training.progress import Progress, late_average
from inference_worker.training.replay import Replay, with_replay
from inference_worker.training.rows import UnpairedRow, sample_rows
from inference_worker.training.settings import KtoSettings
from inference_worker.training.tokens import encode_unpaired

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedTokenizerFast

Encoded = dict[str, Any]


def train_kto(
    model: PeftModel,
    tokenizer: PreTrainedTokenizerFast,
    rows: list[UnpairedRow],
    recipe: KtoSettings,
    *,
    max_length: int,
    seed: int,
    progress: Progress,
    replay: Replay | None = None,
    checkpoints: Path | None = None,
) -> dict[str, Any]:
    """Train `model`'s adapter in place; the adapter it begins with is the reference.

    With a folder for `checkpoints`, a training that was killed goes on from the last one.

    Returns:
        rows, how many of them good and bad, their weights, steps, first and last loss, the reward margin at the end,
        seconds, and the share of weights moved.

    Raises:
        RowTooLongError: a row doesn't fit into `max_length` tokens.
        TrainingCheckError: the result must not be used.
    """
    from datasets import Dataset

    shuffled = sample_rows(rows, len(rows), seed)  # the trainer goes through them in this order
    encoded = [encode_unpaired(row, tokenizer, max_length) for row in shuffled]
    dataset = Dataset.from_list(with_strangers(encoded, recipe.batch_size))
    good = sum(row.is_good for row in rows)
    weights = label_weights(good, len(rows) - good, recipe.max_weight)
    with tempfile.TemporaryDirectory() as scratch:
        before = checks.trainable_state(model)
        arguments = _arguments(model, recipe, weights, scratch, seed, checkpoints)
        trainer = _make_trainer(model, tokenizer, dataset, arguments, replay)
        figures = run_checked(
            trainer,
            before=before,
            rows=len(rows),
            stage="kto",
            progress=progress,
            replay=replay,
            checkpoints=checkpoints,
        )
    return {
        **figures,
        "good": good,
        "bad": len(rows) - good,
        "weights": [round(weight, 3) for weight in weights],
        "reward_margin": late_average(trainer, "rewards/margins"),
    }


def label_weights(good: int, bad: int, most: float) -> tuple[float, float]:
    """Weights of the good rows' loss and of the bad rows': the rarer kind gets as much say as the other.

    TRL asks for (weight x good) to (weight x bad) between 1:1 and 4:3, by weighting the rarer kind up.
    """
    if good < bad:
        return min(bad / max(good, 1), most), 1.0
    return 1.0, min(good / max(bad, 1), most)


def with_strangers(rows: list[Encoded], batch_size: int) -> list[Encoded]:
    """Each row with the reply of the one before it in its batch: on such strangers the KL term is estimated."""
    batches = [rows[start : start + batch_size] for start in range(0, len(rows), batch_size)]
    return [
        {**row, "KL_completion_ids": batch[at - 1]["completion_ids"]}
        for batch in batches
        for at, row in enumerate(batch)
    ]


def _arguments(model, recipe: KtoSettings, weights: tuple[float, float], scratch: str, seed: int, checkpoints):
    from trl import KTOConfig

    common = common_arguments(model, recipe, scratch, seed) | checkpoint_arguments(checkpoints)
    return KTOConfig(
        # As in DPO an operator may want to cancel at any step. A warm-up's first step moves nothing, and a night of few
        # thumbs has no other.
        **common | {"logging_steps": 1, "warmup_steps": 0},
        max_length=None,  # encode_unpaired has refused what doesn't fit; TRL would cut it
        beta=recipe.beta,
        desirable_weight=weights[0],
        undesirable_weight=weights[1],
    )


def _make_trainer(model, tokenizer, dataset, arguments, replay: Replay | None):
    from trl import KTOTrainer

    class EncodedKTOTrainer(KTOTrainer):
        """Takes rows that are token ids already, as in DPO, with their strangers."""

        def _prepare_dataset(self, dataset, *args, **kwargs):
            return dataset

    return with_replay(EncodedKTOTrainer, replay)(
        model, args=arguments, train_dataset=dataset, processing_class=tokenizer
    )
