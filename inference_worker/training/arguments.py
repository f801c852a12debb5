"""What every trainer here is told alike."""

from __future__ import annotations

from typing import Any, Protocol


class Recipe(Protocol):
    """The part of a recipe that all stages share."""

    @property
    def learning_rate(self) -> float: ...

    @property
    def epochs(self) -> float: ...

    @property
    def batch_size(self) -> int: ...


def common_arguments(model, recipe: Recipe, scratch: str, seed: int, *, coarse: bool = False) -> dict[str, Any]:
    """Arguments for TRL's configurations.

    `coarse` lets a CPU multiply in bf16 where it can. Preferences compare likelihoods that differ by little: not there.

    Nothing is saved by the trainer: it would leave pickles beside the weights, and `adapter_files` writes what is kept.
    """
    on_cpu = model.device.type == "cpu"
    return {
        "output_dir": scratch,
        "per_device_train_batch_size": recipe.batch_size,
        "learning_rate": recipe.learning_rate,
        "num_train_epochs": recipe.epochs,
        "lr_scheduler_type": "cosine",
        "warmup_steps": 0.1,
        "use_cpu": on_cpu,
        "bf16": not on_cpu or (coarse and multiplies_in_bf16()),
        "activation_checkpointing": not on_cpu,
        "save_strategy": "no",
        "report_to": "none",
        "logging_steps": 5,
        "logging_first_step": True,
        "disable_tqdm": True,
        "dataloader_pin_memory": not on_cpu,
        "seed": seed,
        "data_seed": seed,
    }


def multiplies_in_bf16() -> bool:
    """Whether this processor has instructions for bf16: a step on a CPU then takes two thirds of its time, and weights,
    gradients and sums stay in fp32."""
    import torch

    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
