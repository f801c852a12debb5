"""Where a training that is killed goes on: its trainer's checkpoints in a folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inference_worker.training.replay import Replay

CHECKPOINT_STEPS = 10  # a tiny adapter's is 100 MB, and a step takes seconds on a CPU


def checkpoint_arguments(folder: Path | None) -> dict[str, Any]:
    """For TRL's configurations: keep the last two checkpoints in `folder`; none without one."""
    if folder is None:
        return {}
    return {
        "output_dir": str(folder),
        "save_strategy": "steps",
        "save_steps": CHECKPOINT_STEPS,
        "save_total_limit": 2,
    }


def last_checkpoint(folder: Path | None, replay: Replay | None) -> str | None:
    """The newest complete checkpoint: its state file is written last. The replay's draws are brought to its step."""
    if folder is None:
        return None
    step = max(
        (int(state.parent.name.split("-")[1]) for state in folder.glob("checkpoint-*/trainer_state.json")), default=0
    )
    if replay:
        replay.skip(step)
    return str(folder / f"checkpoint-{step}") if step else None
