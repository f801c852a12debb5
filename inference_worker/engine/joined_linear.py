"""Linear layers that read the same input, run as one matrix product, with every loaded adapter beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inference_worker.engine.adapters import AdapterBank

Product = Callable[[Tensor], Tensor]  # [rows, in] -> [rows, out]


@dataclass(frozen=True)
class RankMix:
    """Which ranks of the bank's stack a forward needs, and how strongly each row wants each: [rows, ranks]."""

    ranks: slice
    weights: Tensor

    @classmethod
    def of(cls, weights: Tensor | None) -> "RankMix | None":
        """From the bank's [rows, 1, ranks]. What lies outside the ranks in use is never read; None: nothing is."""
        used = [] if weights is None else weights.any(dim=0).flatten().nonzero().flatten().tolist()
        if weights is None or not used:
            return None
        ranks = slice(used[0], used[-1] + 1)
        return cls(ranks, weights[:, 0, ranks].contiguous())

    def for_tokens(self, tokens: int) -> "RankMix":
        """The same for rows of `tokens` tokens, each a row of its own."""
        return self if tokens == 1 else RankMix(self.ranks, self.weights.repeat_interleave(tokens, dim=0))


class JoinedLinear:
    """What LoRALinear is to one layer: the base's product plus a weighted sum of adapters, chosen row by row."""

    def __init__(self, linears: Mapping[str, nn.Linear], make_product: Callable[[Tensor], Product]) -> None:
        """
        Args:
            linears: the layers by their paths in the model. Their weights are taken over: they hold none afterwards.
            make_product: makes the base's product from a weight, [out, in].
        """
        self._outputs: dict[str, slice] = {}
        start = 0
        for path, linear in linears.items():
            self._outputs[path] = slice(start, start + linear.out_features)
            start += linear.out_features
        weights = [linear.weight for linear in linears.values()]
        self._product = make_product(torch.cat(weights) if len(weights) > 1 else weights[0])
        for linear in linears.values():
            linear.weight = None  # type: ignore[assignment]
        self._down: Tensor | None = None  # [in, ranks, layers], of the layers that some adapter touches
        self._ups: list[tuple[slice, Tensor]] = []  # where their outputs lie, and [ranks, out]

    def take_adapters(self, bank: AdapterBank) -> None:
        """Use what the bank holds now."""
        stacks = {path: stack for path in self._outputs if (stack := bank.stack_of(path))}
        self._down = torch.stack([down for down, _ in stacks.values()], dim=2) if stacks else None
        self._ups = [(self._outputs[path], up) for path, (_, up) in stacks.items()]

    def __call__(self, x: Tensor, mix: RankMix | None) -> Tensor:
        """x: [rows, in] -> [rows, out]; without a mix, the base alone."""
        result = self._product(x)
        if mix is None or self._down is None:
            return result
        ranks = torch.mm(x, self._down[:, mix.ranks].flatten(1)).view(*mix.weights.shape, len(self._ups))
        weighted = x.new_empty(len(self._ups), *mix.weights.shape)  # each layer's in one piece, as products want them
        torch.mul(ranks.permute(2, 0, 1), mix.weights, out=weighted)
        for (outputs, up), wanted in zip(self._ups, weighted, strict=True):
            result[:, outputs].addmm_(wanted, up[mix.ranks])
        return result
