"""Guards against trainings that look fine and taught nothing. Each one stands for a trap that was met."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from peft import PeftModel


class TrainingCheckError(Exception):
    """A training whose result must not be used. The message says what is wrong with it."""


def check_all_rows_used(given: int, used: int) -> None:
    """TRL drops rows that don't fit without a word."""
    if given != used:
        raise TrainingCheckError(f"{given} rows were given and {used} used. Shorten the rows or raise max_length.")


def trainable_state(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """A copy of the trainable parameters."""
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters() if parameter.requires_grad}


def restore_precision(model: torch.nn.Module, state: dict[str, torch.Tensor]) -> None:
    """Put the trainable parameters back as they were before the trainer was built, in fp32.

    TRL casts the adapter of a quantised model to bf16. That rounds what was learned, and bf16's steps are coarser than
    a DPO update: most weights would never move. Call it after the trainer is built and before it trains.
    """
    for name, parameter in model.named_parameters():
        if name in state:
            parameter.data = state[name].float().clone()


def moved_share(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> float:
    """Share of the trainable elements (0 to 1) that training changed."""
    changed = sum(int((after[name].float() != start.float()).sum()) for name, start in before.items())
    return changed / max(sum(start.numel() for start in before.values()), 1)


def check_moved(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor], minimum: float) -> float:
    """The share that moved, if it is enough.

    Raises:
        TrainingCheckError: under `minimum`, or a weight is no number any more.
    """
    import torch

    broken = [name for name, tensor in after.items() if not torch.isfinite(tensor).all()]
    if broken:
        raise TrainingCheckError(f"{broken[0]} is not finite any more. Lower the learning rate.")
    share = moved_share(before, after)
    if share < minimum:
        raise TrainingCheckError(
            f"Only {share:.1%} of the adapter's weights moved (at least {minimum:.0%} expected): "
            "the learning rate is too low or the adapter is frozen."
        )
    return share


def check_reference(model: PeftModel) -> None:
    """The reference must be the adapter as it was before training: frozen, and equal to it, not the bare base.

    Raises:
        TrainingCheckError: it is something else.
    """
    import torch

    if "ref" not in model.peft_config:
        raise TrainingCheckError("TRL made no reference adapter: the training would pull towards the bare base.")
    for name, parameter in model.named_parameters():
        if ".ref." not in name:
            continue
        policy = model.get_parameter(name.replace(".ref.", ".default."))
        if parameter.requires_grad or not torch.equal(parameter.float(), policy.float()):
            raise TrainingCheckError(f"The reference is not the frozen starting adapter ({name}).")
