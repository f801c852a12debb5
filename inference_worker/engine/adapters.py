"""The adapters that are loaded: names, references, and their place in the stack along the rank axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from inference_worker.engine.errors import AdapterNameTaken, UnknownAdapter
from inference_worker.engine.lora_linear import LoRALinear, RankWeights
from inference_worker.engine.lora_tensors import read_lora


@dataclass(eq=False)
class LoadedAdapter:
    """An adapter in the stack. Replies hold the object, not the name: the name may be unloaded and loaded anew."""

    name: str
    rank: int
    references: int = 0
    is_unloaded: bool = False  # no new request can name it; it stays while replies hold it


Mix = tuple[tuple[LoadedAdapter, float], ...]  # the adapters of one reply and their weights; () is the base model


class AdapterBank:
    """Loads adapters beside a frozen model's linear layers, and counts who uses them.

    Every adapter takes `rank` columns of one rank axis that all layers share, in the order of `_stack`; a layer that an
    adapter doesn't touch has zeros there. So one [rows, ranks] tensor of weights serves every layer.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self.rank_weights = RankWeights()
        self.changes = 0  # counts changes of the stack: weights made before the last one are out of date
        self._model = model
        self.linears = {path: module for path, module in model.named_modules() if _is_linear(module)}
        self._wrapped: dict[str, LoRALinear] = {}
        self._stack: list[LoadedAdapter] = []
        self._by_name: dict[str, LoadedAdapter] = {}
        embedding = next(model.get_input_embeddings().parameters())  # quantised models compute in its type
        self._dtype, self._device = embedding.dtype, embedding.device

    @property
    def names(self) -> tuple[str, ...]:
        """The adapters that a new request may use."""
        return tuple(self._by_name)

    @property
    def references(self) -> int:
        """How many uses by live replies there are, over all adapters."""
        return sum(adapter.references for adapter in self._stack)

    @property
    def ranks(self) -> int:
        """The length of the rank axis."""
        return sum(adapter.rank for adapter in self._stack)

    def load(self, name: str, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> None:
        """Put an adapter into the stack. Raises AdapterNameTaken or AdapterMismatch and then changes nothing."""
        if name in self._by_name:
            raise AdapterNameTaken(f"An adapter named {name!r} is loaded. Load the new one under another name.")
        lora = read_lora(name, tensors, config, self.linears, dtype=self._dtype, device=self._device)
        stacks = {}
        for path in self._wrapped.keys() | lora.matrices.keys():
            down, up = self.matrices_of(path)
            new_down, new_up = lora.matrices.get(path) or self._zeros(path, lora.rank)
            stacks[path] = (torch.cat([down, new_down], dim=1), torch.cat([up, new_up], dim=0))
        adapter = LoadedAdapter(name, lora.rank)
        self._commit([*self._stack, adapter], stacks)
        self._by_name[name] = adapter

    def unload(self, name: str) -> None:
        """Refuse the name from now on; the memory goes when the last reply that uses it has ended."""
        adapter = self._find(name)
        del self._by_name[name]
        adapter.is_unloaded = True
        self._remove_if_unused(adapter)

    def acquire(self, weights: Mapping[str, float]) -> Mix:
        """Look the names up and hold the adapters. Raises UnknownAdapter; then none is held."""
        mix = tuple((self._find(name), weight) for name, weight in weights.items())
        for adapter, _ in mix:
            adapter.references += 1
        return mix

    def release(self, mix: Mix) -> None:
        """Give back what `acquire` returned, once."""
        for adapter, _ in mix:
            adapter.references -= 1
            self._remove_if_unused(adapter)

    def weights_of(self, mixes: Sequence[Mix]) -> Tensor | None:
        """One row of rank weights per mix, [rows, 1, ranks]; None if every row is the base model."""
        spans, start = {}, 0
        for adapter in self._stack:
            spans[adapter] = slice(start, start + adapter.rank)
            start += adapter.rank
        rows = torch.zeros(len(mixes), 1, start, dtype=self._dtype)
        for row, mix in enumerate(mixes):
            for adapter, weight in mix:
                rows[row, 0, spans[adapter]] = weight
        return rows.to(self._device) if any(mixes) else None

    def stack_of(self, path: str) -> tuple[Tensor, Tensor] | None:
        """A layer's adapters, `down` [in, ranks] and `up` [ranks, out]; None if none has touched it so far."""
        layer = self._wrapped.get(path)
        return (layer.down, layer.up) if layer else None

    def _find(self, name: str) -> LoadedAdapter:
        try:
            return self._by_name[name]
        except KeyError:
            loaded = ", ".join(sorted(self._by_name)) or "none"
            raise UnknownAdapter(f"No adapter named {name!r} is loaded. Loaded: {loaded}.") from None

    def _remove_if_unused(self, adapter: LoadedAdapter) -> None:
        if adapter.references or not adapter.is_unloaded:
            return
        start = sum(other.rank for other in self._stack[: self._stack.index(adapter)])
        rest = [*range(start), *range(start + adapter.rank, self.ranks)]
        keep = torch.tensor(rest, dtype=torch.long, device=self._device)
        stacks = {path: (layer.down[:, keep], layer.up[keep]) for path, layer in self._wrapped.items()}
        self._commit([other for other in self._stack if other is not adapter], stacks)

    def matrices_of(self, path: str) -> tuple[Tensor, Tensor]:
        """The stacked matrices of a layer; zeros if no adapter has touched it so far."""
        return self.stack_of(path) or self._zeros(path, self.ranks)

    def _zeros(self, path: str, rank: int) -> tuple[Tensor, Tensor]:
        linear = self.linears[path]
        down = torch.zeros(linear.in_features, rank, dtype=self._dtype, device=self._device)
        return down, torch.zeros(rank, linear.out_features, dtype=self._dtype, device=self._device)

    def _commit(self, stack: list[LoadedAdapter], stacks: dict[str, tuple[Tensor, Tensor]]) -> None:
        """Take the new stack over: nothing here can fail half-way."""
        for path, (down, up) in stacks.items():
            if layer := self._wrapped.get(path):
                layer.down, layer.up = down, up
            else:
                self._wrapped[path] = LoRALinear(self.linears[path], down, up, self.rank_weights)
                self._model.set_submodule(path, self._wrapped[path])
        self._stack = stack
        self.changes += 1


def _is_linear(module: nn.Module) -> TypeGuard[nn.Linear]:
    """True for nn.Linear and for whatever stands in for it, bitsandbytes' layers for instance."""
    return isinstance(getattr(module, "in_features", None), int) and isinstance(
        getattr(module, "out_features", None), int
    )
