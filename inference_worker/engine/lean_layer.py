"""One of Gemma 3's decoder layers on a CPU, for prompts and for single steps."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedConfig

from inference_worker.engine import lean_kernels
from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.cache import SlotCache
from inference_worker.engine.joined_linear import JoinedLinear
from inference_worker.engine.layer_kernel import LayerNumbers, Past, run_layer
from inference_worker.engine.masks import MakeMasks


@dataclass
class KindOfAttention:
    """What a forward's layers of one kind share.

    `cos` and `sin` are [rows * tokens, head_dim], `window` is how many tokens back a query sees, and `first_key` the
    first one that any of them sees.
    """

    cos: np.ndarray
    sin: np.ndarray
    window: int
    first_key: int


@dataclass
class Step:
    """One forward: its tokens' positions, its cache, and what each row wants of the adapters, [rows, ranks]."""

    positions: Tensor
    cache: SlotCache | None
    mix: Tensor | None
    ranks: int
    kinds: dict[str, KindOfAttention]
    group: int  # heads that share their keys
    make_masks: MakeMasks

    @property
    def rows(self) -> int:
        return self.positions.shape[0]

    @property
    def tokens(self) -> int:
        return self.positions.shape[1]

    @cached_property
    def every_mix(self) -> np.ndarray:
        """`mix`, with zeros where nobody wants an adapter."""
        return np.zeros((self.rows, self.ranks), np.float32) if self.mix is None else self.mix.numpy()

    @cached_property
    def masks(self) -> dict[str, Tensor]:
        """By kind of layer, [rows, 1, tokens * heads of a group, keys], from the kind's first key on."""
        made = self.make_masks()
        return {
            name: _for_groups((made[name] if isinstance(made, dict) else made)[..., kind.first_key :], self.group)
            for name, kind in self.kinds.items()
        }


class LeanLayer:
    """One decoder layer."""

    def __init__(self, config: PreTrainedConfig, index: int, layer: Any, join: Callable[..., JoinedLinear]) -> None:
        self._index, self._kind = index, config.layer_types[index]
        self._kv_heads, self._head_dim = config.num_key_value_heads, config.head_dim
        self._group = config.num_attention_heads // config.num_key_value_heads
        self._scale = np.float32(config.query_pre_attn_scalar**-0.5)
        path = f"model.layers.{index}"
        self._qkv = join(*(f"{path}.self_attn.{name}_proj" for name in "qkv"))
        self._out = join(f"{path}.self_attn.o_proj")
        self._gate_up = join(f"{path}.mlp.gate_proj", f"{path}.mlp.up_proj")
        self._down = join(f"{path}.mlp.down_proj")
        self._linears = (self._qkv, self._out, self._gate_up, self._down)
        self._numbers: LayerNumbers | None = None

        self._before_attention = RMSNorm(layer.input_layernorm)
        self._after_attention = RMSNorm(layer.post_attention_layernorm)
        self._before_mlp = RMSNorm(layer.pre_feedforward_layernorm)
        self._after_mlp = RMSNorm(layer.post_feedforward_layernorm)
        attention = layer.self_attn
        query_gain, self._qk_floor = _gain_and_floor(attention.q_norm)
        key_gain, _ = _gain_and_floor(attention.k_norm)
        self._qk_gains = np.stack([query_gain] * config.num_attention_heads + [key_gain] * self._kv_heads)

    def take_adapters(self, bank: AdapterBank) -> None:
        """Use what the bank holds now."""
        for linear in self._linears:
            linear.take_adapters(bank)
        self._numbers = self._numbers_for_kernel()

    def __call__(self, x: Tensor, step: Step) -> Tensor:
        """x: [rows * tokens, hidden], which is overwritten."""
        if self._numbers is not None and step.cache is not None and step.tokens == 1:
            self._run_in_one_call(x, step, step.cache, self._numbers)
            return x
        self._after_attention.add_to(x, self._attend(self._before_attention(x), step))
        self._after_mlp.add_to(x, self._feed_forward(self._before_mlp(x), step))
        return x

    def _attend(self, x: Tensor, step: Step) -> Tensor:
        kind = step.kinds[self._kind]
        states = self._qkv(x, step.mix).view(len(x), -1, self._head_dim)
        lean_kernels.turn_heads(states.numpy(), self._qk_gains, self._qk_floor, kind.cos, kind.sin)
        return self._out(self._look_up(states, step), step.mix)

    def _look_up(self, states: Tensor, step: Step) -> Tensor:
        kind, kv_heads, group = step.kinds[self._kind], self._kv_heads, self._group
        states = states.view(step.rows, step.tokens, -1, self._head_dim).transpose(1, 2)
        queries, keys, values = states.split((kv_heads * group, kv_heads, kv_heads), dim=1)
        if step.cache is not None:
            keys, values = step.cache.update(keys, values, self._index)
        # Heads that share their keys are looked up as one head with more queries: the keys are read once.
        queries = queries.transpose(1, 2).unflatten(2, (kv_heads, group)).transpose(1, 2).flatten(2, 3)
        found = functional.scaled_dot_product_attention(
            queries,
            keys[:, :, kind.first_key :],
            values[:, :, kind.first_key :],
            attn_mask=step.masks[self._kind],
            scale=float(self._scale),
        )
        found = found.unflatten(2, (step.tokens, group)).transpose(1, 2)
        return found.reshape(step.rows * step.tokens, -1)

    def _feed_forward(self, x: Tensor, step: Step) -> Tensor:
        gated = lean_kernels.gate(self._gate_up(x, step.mix).numpy(), torch.get_num_threads())
        return self._down(torch.from_numpy(gated), step.mix)

    def _run_in_one_call(self, x: Tensor, step: Step, cache: SlotCache, numbers: LayerNumbers) -> None:
        """One token in each row: what Python takes between the loops would be half of the time."""
        keys, values = cache.stored(self._index, like=x.new_empty(1, self._kv_heads, 1, self._head_dim))
        kind = step.kinds[self._kind]
        past = Past(keys.numpy(), values.numpy(), cache.first_row, step.positions[:, 0].numpy(), kind.window)
        run_layer(x.numpy(), numbers, step.every_mix, kind.cos, kind.sin, past, torch.get_num_threads())

    def _numbers_for_kernel(self) -> LayerNumbers | None:
        """None where a product has no kernel."""
        qkv, out, gate_up, down = (linear.matrices() for linear in self._linears)
        if qkv is None or out is None or gate_up is None or down is None:
            return None
        return LayerNumbers(
            qkv=qkv,
            out=out,
            gate_up=gate_up,
            down=down,
            before_attention=self._before_attention.gain,
            after_attention=self._after_attention.gain,
            before_mlp=self._before_mlp.gain,
            after_mlp=self._after_mlp.gain,
            floor=self._before_attention.floor,
            head_gains=self._qk_gains,
            head_floor=self._qk_floor,
            scale=self._scale,
        )


class RMSNorm:
    """Gemma's, in one call instead of four."""

    def __init__(self, norm: Any) -> None:
        self.gain, self.floor = _gain_and_floor(norm)

    def __call__(self, x: Tensor) -> Tensor:
        """x: [rows, hidden]."""
        return torch.from_numpy(lean_kernels.norm(x.numpy(), self.gain, self.floor))

    def add_to(self, x: Tensor, found: Tensor) -> None:
        """Add the norm of `found` to x."""
        lean_kernels.add_norm(x.numpy(), found.numpy(), self.gain, self.floor)


def _gain_and_floor(norm: Any) -> tuple[np.ndarray, np.float32]:
    """What `lean_kernels` asks of an RMSNorm."""
    size = norm.weight.shape[-1]
    return ((1 + norm.weight) * math.sqrt(size)).numpy(), np.float32(norm.eps * size)


def _for_groups(mask: Tensor, group: int) -> Tensor:
    """A mask [rows, 1, tokens, keys] for queries of `group` heads side by side, [rows, 1, tokens * group, keys]."""
    return mask if mask.shape[2] == 1 else mask.repeat_interleave(group, dim=2)
