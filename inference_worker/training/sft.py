"""Supervised fine-tuning: the adapter learns to write a persona's replies. The warm-up is the same on other rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference_worker.training import checks
from inference_worker.training.arguments import common_arguments
from inference_worker.training.checkpoints import checkpoint_arguments, last_checkpoint
from inference_worker.training.label_loss import with_label_loss
from inference_worker.training.progress import Progress, late_average, report_steps
from inference_worker.training.replay import Replay, with_replay
from inference_worker.training.rows import ChatRow
from inference_worker.training.settings import SftSettings, WarmupSettings
from inference_worker.training.tokens import encode_chat

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedTokenizerFast


def train_sft(
    model: PeftModel,
    tokenizer: PreTrainedTokenizerFast,
    rows: list[ChatRow],
    recipe: SftSettings | WarmupSettings,
    *,
    max_length: int,
    seed: int,
    progress: Progress,
    stage: str = "sft",
    replay: Replay | None = None,
    checkpoints: Path | None = None,
) -> dict[str, Any]:
    """Train `model`'s adapter in place on the rows' replies.

    With a folder for `checkpoints`, a training that was killed goes on from the last one and ends as it would have.

    Returns:
        rows, steps, first and last loss, seconds, and the share of weights that moved.

    Raises:
        RowTooLongError: a row doesn't fit into `max_length` tokens.
        TrainingCheckError: the result must not be used.
    """
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    dataset = Dataset.from_list([encode_chat(row, tokenizer, max_length) for row in rows])
    with tempfile.TemporaryDirectory() as scratch:
        arguments = SFTConfig(
            **common_arguments(model, recipe, scratch, seed, coarse=True) | checkpoint_arguments(checkpoints),
            max_length=None,  # encode_chat has refused what doesn't fit; TRL would cut it
            train_sampling_strategy="group_by_length",
        )
        before = checks.trainable_state(model)
        trainer = with_replay(with_label_loss(SFTTrainer), replay)(
            model, args=arguments, train_dataset=dataset, processing_class=tokenizer
        )
        checks.restore_precision(model, before)
        checks.check_all_rows_used(len(rows), trainer.num_examples(trainer.get_train_dataloader()))
        report_steps(trainer, stage, progress)
        result = trainer.train(resume_from_checkpoint=last_checkpoint(checkpoints, replay))
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    return {
        "rows": len(rows),
        "steps": result.global_step,
        "loss_first": round(losses[0], 4),
        "loss_last": late_average(trainer, "loss"),
        "seconds": round(result.metrics["train_runtime"], 1),
        "moved_share": round(checks.check_moved(before, checks.trainable_state(model), minimum=0.5), 4),
    }
