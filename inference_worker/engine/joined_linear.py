"""Linear layers that read the same input, run as one matrix product, with every loaded adapter beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.int8_kernel import Matrices


@dataclass(frozen=True)
class JoinedAdapters:
    """The stacked adapters of joined layers. A layer that no adapter touches has zeros."""

    down: Tensor  # [layers, ranks, in]
    up: Tensor  # [ranks, out], each layer's where its outputs are
    bounds: tuple[int, ...]  # where each layer's outputs begin, and the end of the last one's


class Product(Protocol):
    """The base's matrix product plus a weighted sum of adapters, chosen row by row."""

    def __call__(self, x: Tensor, adapters: JoinedAdapters | None, mix: Tensor | None) -> Tensor:
        """
        Args:
            x: [rows, in].
            adapters: None if there is none.
            mix: [replies, ranks], how strongly each reply wants each rank. As many rows of x belong to each, one reply
                after the other. None: the base alone.

        Returns [rows, out].
        """

    def matrices(self, adapters: JoinedAdapters | None) -> Matrices | None:
        """The same product for the kernel of a whole layer; None where there is no kernel for it."""


class FloatProduct:
    """In the type that the weights have: what the faster ones are compared with."""

    def __init__(self, weight: Tensor) -> None:
        """weight: [out, in]."""
        self._weight = weight

    def __call__(self, x: Tensor, adapters: JoinedAdapters | None, mix: Tensor | None) -> Tensor:
        """See `Product`."""
        result = functional.linear(x, self._weight)
        if adapters is None or mix is None:
            return result
        weights = mix.repeat_interleave(len(x) // len(mix), dim=0)
        for layer, (start, end) in enumerate(zip(adapters.bounds, adapters.bounds[1:], strict=False)):
            ranks = (x @ adapters.down[layer].T) * weights
            result[:, start:end].addmm_(ranks, adapters.up[:, start:end])
        return result

    def matrices(self, adapters: JoinedAdapters | None) -> None:
        """torch computes it."""


class JoinedLinear:
    """What LoRALinear is to one layer."""

    def __init__(self, linears: Mapping[str, nn.Linear], make_product: Callable[[Tensor], Product]) -> None:
        """
        Args:
            linears: the layers by their paths in the model. Their weights are taken over: they hold none afterwards.
            make_product: makes a product from the base's weight, [out, in].
        """
        self._linears = dict(linears)
        self._bounds: tuple[int, ...] = (0,)
        for linear in linears.values():
            self._bounds += (self._bounds[-1] + linear.out_features,)
        weights = [linear.weight for linear in linears.values()]
        self._product = make_product(torch.cat(weights) if len(weights) > 1 else weights[0])
        for linear in linears.values():
            linear.weight = None  # type: ignore[assignment]
        self._adapters: JoinedAdapters | None = None

    def take_adapters(self, bank: AdapterBank) -> None:
        """Use what the bank holds now."""
        if not any(bank.stack_of(path) for path in self._linears):
            self._adapters = None
            return
        matrices = [bank.matrices_of(path) for path in self._linears]
        down = torch.stack([down.T for down, _ in matrices])
        self._adapters = JoinedAdapters(down, torch.cat([up for _, up in matrices], dim=1), self._bounds)

    def __call__(self, x: Tensor, mix: Tensor | None) -> Tensor:
        """x: [rows, in] -> [rows, out]. See `Product`."""
        return self._product(x, self._adapters, mix)

    def matrices(self) -> Matrices | None:
        """What the kernel of a whole layer takes of this one, until the adapters change. See `Product`."""
        return self._product.matrices(self._adapters)
