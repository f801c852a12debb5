"""An adapter's tensors as PEFT names them, checked against the model and made ready for stacking."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from inference_worker.engine.errors import AdapterMismatch

_PREFIX = "base_model.model."
_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"


@dataclass(frozen=True)
class LoRATensors:
    """`matrices` maps a linear layer's path to its (down [in, rank], up [rank, out]); the scaling is in `up`."""

    rank: int
    matrices: dict[str, tuple[Tensor, Tensor]]


def read_lora(
    name: str,
    tensors: Mapping[str, Tensor],
    config: Mapping[str, Any],
    linears: Mapping[str, nn.Linear],
    *,
    dtype: torch.dtype,
    device: torch.device,
) -> LoRATensors:
    """Check an adapter against the model's `linears` (path -> layer) and convert it.

    `config` is PEFT's adapter_config: `r`, `lora_alpha` and `use_rslora` are read. Raises AdapterMismatch that names
    the first tensor or setting that doesn't fit.
    """
    rank, scaling = _read_config(name, config)
    if not tensors:
        raise AdapterMismatch(f"Adapter {name!r} holds no tensors.")
    paths = {_layer_path(name, key, linears) for key in tensors}
    matrices = {}
    for path in sorted(paths):
        layer = linears[path]
        down = _take(name, tensors, path, _DOWN, (rank, layer.in_features))
        up = _take(name, tensors, path, _UP, (layer.out_features, rank))
        # The scaling is multiplied in at full precision, before the cast to what the model computes in.
        matrices[path] = (
            down.T.to(device=device, dtype=dtype).contiguous(),
            (up.T.float() * scaling).to(device=device, dtype=dtype).contiguous(),
        )
    return LoRATensors(rank, matrices)


def _read_config(name: str, config: Mapping[str, Any]) -> tuple[int, float]:
    """The adapter's rank and scaling."""
    for setting in ("rank_pattern", "alpha_pattern", "use_dora", "fan_in_fan_out"):
        if config.get(setting):
            raise AdapterMismatch(f"Adapter {name!r} sets {setting}, which the engine does not support.")
    try:
        rank, alpha = int(config["r"]), float(config["lora_alpha"])
    except (KeyError, TypeError, ValueError) as error:
        raise AdapterMismatch(f"Adapter {name!r} has no valid r and lora_alpha in its settings: {error!r}.") from error
    if rank < 1:
        raise AdapterMismatch(f"Adapter {name!r} has rank {rank}; it must be at least 1.")
    return rank, alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)


def _layer_path(name: str, key: str, linears: Mapping[str, nn.Linear]) -> str:
    """The path of the layer that tensor `key` belongs to."""
    for suffix in (_DOWN, _UP):
        path = key.removeprefix(_PREFIX).removesuffix(suffix)
        if key == _PREFIX + path + suffix and path in linears:
            return path
    raise AdapterMismatch(
        f"Adapter {name!r}: tensor {key!r} belongs to no linear layer of this base model. "
        f"LoRA tensors are named {_PREFIX}<layer>{_DOWN} and {_PREFIX}<layer>{_UP}."
    )


def _take(name: str, tensors: Mapping[str, Tensor], path: str, suffix: str, shape: tuple[int, int]) -> Tensor:
    """One tensor of a layer, checked for presence, shape and numbers."""
    key = _PREFIX + path + suffix
    if key not in tensors:
        raise AdapterMismatch(f"Adapter {name!r} lacks tensor {key!r}.")
    tensor = tensors[key]
    if tuple(tensor.shape) != shape:
        raise AdapterMismatch(
            f"Adapter {name!r}: tensor {key!r} has shape {list(tensor.shape)}, this base model needs {list(shape)}."
        )
    if not torch.isfinite(tensor).all():
        raise AdapterMismatch(f"Adapter {name!r}: tensor {key!r} holds NaN or infinity.")
    return tensor
