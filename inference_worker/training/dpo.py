"""Direct preference optimisation: chosen replies become likelier than rejected ones, measured against the start."""

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
from inference_worker.training.rows import PreferenceRow
from inference_worker.training.settings import DpoSettings
from inference_worker.training.tokens import encode_preference

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedTokenizerFast


def train_dpo(
    model: PeftModel,
    tokenizer: PreTrainedTokenizerFast,
    rows: list[PreferenceRow],
    recipe: DpoSettings,
    *,
    max_length: int,
    seed: int,
    progress: Progress,
    replay: Replay | None = None,
    checkpoints: Path | None = None,
) -> dict[str, Any]:
    """Train `model`'s adapter in place; the adapter it begins with is the reference.

    With a folder for `checkpoints`, a training that was killed goes on from the last one and ends as it would have.

    Returns:
        rows, steps, beta, first and last loss, reward accuracy at the end, seconds, and the share of weights moved.

    Raises:
        RowTooLongError: a row doesn't fit into `max_length` tokens.
        TrainingCheckError: the result must not be used.
    """
    from datasets import Dataset

    dataset = Dataset.from_list(_by_length([encode_preference(row, tokenizer, max_length) for row in rows]))
    with tempfile.TemporaryDirectory() as scratch:
        before = checks.trainable_state(model)
        arguments = _arguments(model, recipe, len(dataset), scratch, seed, checkpoints)
        trainer = _make_trainer(model, tokenizer, dataset, arguments, progress, replay)
        figures = run_checked(
            trainer,
            before=before,
            rows=len(rows),
            stage="dpo",
            progress=progress,
            replay=replay,
            checkpoints=checkpoints,
        )
    return {
        **figures,
        "beta": recipe.beta_for(len(rows)),
        "reward_accuracy": late_average(trainer, "rewards/accuracies"),
    }


def _by_length(rows: list[dict[str, list[int]]]) -> list[dict[str, Any]]:
    """The rows with their length, short ones first: the reference is computed in this order, and a step draws its rows
    among alike lengths. Taken as they come, nearly half of what is computed would be padding."""

    def length(row: dict[str, list[int]]) -> int:
        return len(row["prompt_ids"]) + max(len(row["chosen_ids"]), len(row["rejected_ids"]))

    return [{**row, "length": length(row)} for row in sorted(rows, key=length)]


def _arguments(model, recipe: DpoSettings, rows: int, scratch: str, seed: int, checkpoints: Path | None):
    from trl import DPOConfig

    common = common_arguments(model, recipe, scratch, seed) | checkpoint_arguments(checkpoints)
    return DPOConfig(
        **common | {"logging_steps": 1},  # nights are short, and an operator may want to cancel at any step
        max_length=None,  # encode_preference has refused what doesn't fit; TRL would drop it
        train_sampling_strategy="group_by_length",
        loss_type=["robust", "sft"],
        loss_weights=[1.0, recipe.sft_weight],
        label_smoothing=recipe.label_smoothing,
        beta=recipe.beta_for(rows),
        precompute_ref_log_probs=True,
    )


def _make_trainer(model, tokenizer, dataset, arguments, progress: Progress, replay: Replay | None):
    from trl import DPOTrainer

    class EncodedDPOTrainer(DPOTrainer):
        """Takes rows that are token ids already: TRL would render them with the template alone, which lets a message
        that spells a control token become one."""

        def _prepare_dataset(self, dataset, *args, **kwargs):
            return dataset

        def _set_signature_columns_if_needed(self):
            super()._set_signature_columns_if_needed()
            kept: Any = self._signature_columns
            if "length" not in kept:  # what rows are grouped by
                kept.append("length")

        def compute_ref_log_probs(self, model, inputs):
            # Minutes on a CPU, before the first step: whoever watches must hear that it goes on.
            progress({"stage": "dpo reference", "pairs": len(dataset)})
            return super().compute_ref_log_probs(model, inputs)

    return with_replay(EncodedDPOTrainer, replay)(
        model, args=arguments, train_dataset=dataset, processing_class=tokenizer
    )
