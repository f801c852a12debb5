"""How a training tells what it is doing: dicts such as {"stage": "sft", "step": 3, "steps": 90, "loss": 2.1}."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import Trainer

Progress = Callable[[dict[str, Any]], None]

_LOGGED = {
    "loss": "loss",
    "reward_accuracy": "rewards/accuracies",
    "reward_margin": "rewards/margins",
    "token_accuracy": "mean_token_accuracy",
    "replay_kl": "replay_kl",
}


def silent(_: dict[str, Any]) -> None:
    """For callers that don't want to know."""


def report_steps(trainer: Trainer, stage: str, progress: Progress) -> None:
    """Let a trainer report every logged step here, instead of printing it."""
    from transformers import PrinterCallback, TrainerCallback

    class Report(TrainerCallback):
        def on_log(self, args, state, control, logs=None, **kwargs):
            if logs and "loss" in logs:
                figures = {name: round(float(logs[key]), 4) for name, key in _LOGGED.items() if key in logs}
                progress({"stage": stage, "step": state.global_step, "steps": state.max_steps, **figures})

    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Report())


def named(name: str, progress: Progress) -> Progress:
    """A progress whose stages carry `name` in front."""
    return lambda event: progress({**event, "stage": f"{name} {event['stage']}"})


def late_average(trainer: Trainer, key: str) -> float:
    """Over the last third of the steps that a trainer logged: a single batch says little."""
    values = [entry[key] for entry in trainer.state.log_history if key in entry]
    late = values[-max(len(values) // 3, 1) :]
    return round(sum(late) / max(len(late), 1), 4)
