"""Attention masks for rows of different lengths, in the form that transformers takes as is."""

from collections.abc import Callable

import torch
from torch import Tensor
from transformers import PreTrainedConfig
from transformers.cache_utils import get_layer_types_and_kwargs

from inference_worker.engine.errors import UnsupportedModel

Windows = dict[str, int | None]  # kind of attention layer -> how many tokens back it sees; None: all
Masks = Tensor | dict[str, Tensor]  # one for all layers, or one for each kind of attention layer
MakeMasks = Callable[[], Masks]  # a forward that needs none makes none


def attention_windows(config: PreTrainedConfig) -> Windows:
    """The kinds of attention in a model. Raises UnsupportedModel for layers that are not full or sliding attention."""
    windows: Windows = {}
    for kind, settings in zip(*get_layer_types_and_kwargs(config), strict=True):
        if kind not in ("full_attention", "sliding_attention"):
            raise UnsupportedModel(
                f"{config.model_type} has {kind} layers; the engine batches full and sliding attention only. "
                "Choose another BASE_MODEL."
            )
        windows[kind] = settings.get("sliding_window")
    return windows


def attention_masks(
    queries: Tensor, keys: int, windows: Windows, dtype: torch.dtype, *, first_key: Tensor | None = None
) -> Masks:
    """What each query may look at.

    Args:
        queries: [rows, queries], the place of each query among its row's keys.
        keys: how many keys each row has; those behind a query are not looked at, so rows may be shorter.
        first_key: [rows], the first real key of each row where rows are padded on the left.

    Returns a [rows, 1, queries, keys] mask to add to the scores, or a dict of one per kind of layer where a model has
    several. Added numbers and not booleans, because eager attention (Gemma 2) can only add.
    """
    key = torch.arange(keys, device=queries.device)
    query = queries[:, :, None]
    causal = key <= query
    if first_key is not None:
        causal &= key >= first_key[:, None, None]
    masks = {
        kind: _additive(causal if window is None else causal & (key > query - window), dtype)
        for kind, window in windows.items()
    }
    return masks if len(masks) > 1 else next(iter(masks.values()))


def _additive(allowed: Tensor, dtype: torch.dtype) -> Tensor:
    """0 where allowed, the lowest number elsewhere: unlike -inf it leaves no NaN in a row that may look at nothing."""
    mask = torch.full(allowed.shape, torch.finfo(dtype).min, dtype=dtype, device=allowed.device)
    return mask.masked_fill_(allowed, 0).unsqueeze(1)
