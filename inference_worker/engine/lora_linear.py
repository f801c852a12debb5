"""A linear layer with every loaded adapter beside it."""

import torch
from torch import Tensor, nn


class RankWeights:
    """How strongly each row of the running forward wants each rank of each adapter.

    One of these is shared by all LoRALinear of a model; the runner sets it before a forward, so that no weights are
    passed through the model's own code.
    """

    rows: Tensor | None = None  # [rows, 1, ranks]; None: the base model for all


class LoRALinear(nn.Module):
    """`base(x)` plus a weighted sum of adapters, chosen row by row.

    The adapters' matrices are stacked along the rank axis: `down` [in, ranks] and `up` [ranks, out], with each
    adapter's scaling in `up`. Multiplying the rank activations by a row's weights picks an adapter (a one-hot row),
    blends several (fractions) or none (zeros), all in one batch.
    """

    def __init__(self, base: nn.Module, down: Tensor, up: Tensor, rank_weights: RankWeights) -> None:
        super().__init__()
        self.base = base
        self.down = down
        self.up = up
        self._rank_weights = rank_weights

    def forward(self, x: Tensor) -> Tensor:
        """x: [rows, tokens, in] -> [rows, tokens, out]."""
        result = self.base(x)
        weights = self._rank_weights.rows
        if weights is None:
            return result
        ranks = torch.matmul(x.to(self.down.dtype), self.down) * weights
        return result + torch.matmul(ranks, self.up).to(result.dtype)
