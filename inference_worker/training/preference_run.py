"""The run of a trainer that learns from preferences, between the checks that what comes out has to pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference_worker.training import checks
from inference_worker.training.checkpoints import last_checkpoint
from inference_worker.training.progress import Progress, late_average, report_steps
from inference_worker.training.replay import Replay

if TYPE_CHECKING:
    import torch


def run_checked(
    trainer: Any,
    *,
    before: dict[str, torch.Tensor],
    rows: int,
    stage: str,
    progress: Progress,
    replay: Replay | None,
    checkpoints: Path | None,
) -> dict[str, Any]:
    """Let a TRL trainer train; with a folder of `checkpoints`, on from the last one. `before` are the weights that its
    adapter began with.

    Returns:
        rows, steps, first and last loss, seconds, and the share of weights moved.

    Raises:
        TrainingCheckError: the result must not be used.
    """
    checks.restore_precision(trainer.model, before)
    checks.check_all_rows_used(rows, len(trainer.train_dataset))
    checks.check_reference(trainer.model)
    report_steps(trainer, stage, progress)
    result = trainer.train(resume_from_checkpoint=last_checkpoint(checkpoints, replay))
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    return {
        "rows": rows,
        "steps": result.global_step,
        "loss_first": round(losses[0], 4),
        "loss_last": late_average(trainer, "loss"),
        "seconds": round(result.metrics["train_runtime"], 1),
        "moved_share": round(checks.check_moved(before, checks.trainable_state(trainer.model), minimum=0.5), 4),
    }
