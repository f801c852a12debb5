"""Direct preference optimisation: chosen replies become likelier than rejected ones, measured against the start."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference_worker.training import checks
from inference_worker.training.arguments import common_arguments
from inference_worker.training.progress import Progress, report_steps
from inference_worker.training.replay import Replay, with_replay
from inference_worker.training.rows import PreferenceRow
from inference_worker.training.settings import DpoSettings
from inference_worker.training.tokens import encode_preference

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedTokenizerFast

CHECKPOINT_STEPS = 10  # a tiny adapter's is 100 MB, and a step takes seconds on a CPU


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

    dataset = Dataset.from_list([encode_preference(row, tokenizer, max_length) for row in rows])
    with tempfile.TemporaryDirectory() as scratch:
        before = checks.trainable_state(model)
        arguments = _arguments(model, recipe, len(dataset), scratch, seed, checkpoints)
        trainer = _make_trainer(model, tokenizer, dataset, arguments, progress, replay)
        checks.restore_precision(trainer.model, before)
        checks.check_all_rows_used(len(rows), len(trainer.train_dataset))
        check_reference(trainer.model)
        report_steps(trainer, "dpo", progress)
        result = trainer.train(resume_from_checkpoint=_last_checkpoint(checkpoints, replay))
    history = [entry for entry in trainer.state.log_history if "loss" in entry]
    return {
        "rows": len(rows),
        "steps": result.global_step,
        "beta": recipe.beta_for(len(rows)),
        "loss_first": round(history[0]["loss"], 4),
        "loss_last": round(_late_average(history, "loss"), 4),
        "reward_accuracy": round(_late_average(history, "rewards/accuracies"), 4),
        "seconds": round(result.metrics["train_runtime"], 1),
        "moved_share": round(checks.check_moved(before, checks.trainable_state(trainer.model), minimum=0.5), 4),
    }


def check_reference(model: PeftModel) -> None:
    """The reference must be the adapter as it was before training: frozen, and equal to it, not the bare base.

    Raises:
        TrainingCheckError: it is something else.
    """
    import torch

    if "ref" not in model.peft_config:
        raise checks.TrainingCheckError("TRL made no reference adapter: DPO would pull towards the bare base.")
    for name, parameter in model.named_parameters():
        if ".ref." not in name:
            continue
        policy = model.get_parameter(name.replace(".ref.", ".default."))
        if parameter.requires_grad or not torch.equal(parameter.float(), policy.float()):
            raise checks.TrainingCheckError(f"The reference is not the frozen starting adapter ({name}).")


def _arguments(model, recipe: DpoSettings, rows: int, scratch: str, seed: int, checkpoints: Path | None):
    from trl import DPOConfig

    common = common_arguments(model, recipe, scratch, seed)
    if checkpoints:
        common |= {
            "output_dir": str(checkpoints),
            "save_strategy": "steps",
            "save_steps": CHECKPOINT_STEPS,
            "save_total_limit": 2,
        }
    return DPOConfig(
        **common | {"logging_steps": 1},  # nights are short, and an operator may want to cancel at any step
        max_length=None,  # encode_preference has refused what doesn't fit; TRL would drop it
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

        def compute_ref_log_probs(self, model, inputs):
            # Minutes on a CPU, before the first step: whoever watches must hear that it goes on.
            progress({"stage": "dpo reference", "pairs": len(dataset)})
            return super().compute_ref_log_probs(model, inputs)

    return with_replay(EncodedDPOTrainer, replay)(
        model, args=arguments, train_dataset=dataset, processing_class=tokenizer
    )


def _last_checkpoint(folder: Path | None, replay: Replay | None) -> str | None:
    """The newest complete checkpoint: its state file is written last. The replay's draws are brought to its step."""
    if folder is None:
        return None
    step = max(
        (int(state.parent.name.split("-")[1]) for state in folder.glob("checkpoint-*/trainer_state.json")), default=0
    )
    if replay:
        replay.skip(step)
    return str(folder / f"checkpoint-{step}") if step else None


def _late_average(history: list[dict], key: str) -> float:
    """Over the last third of the logged steps: a single batch says little."""
    values = [entry[key] for entry in history if key in entry]
    late = values[-max(len(values) // 3, 1) :]
    return sum(late) / max(len(late), 1)
