"""Gemma 3's forward pass on a CPU, with as few operations as it takes: at one token a step, each of them counts.

The same numbers as transformers' own forward, in the same order: only what can be joined is joined (the linear layers
that read the same input, the heads that share their keys), and nothing is asked twice.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedConfig, PreTrainedModel

from inference_worker.engine import lean_kernels
from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.cache import SlotCache
from inference_worker.engine.joined_linear import JoinedLinear, Product
from inference_worker.engine.masks import Masks, Windows, attention_windows

_FEW_ROWS = 4  # up to here, what calling torch costs outweighs its faster loops


def is_lean_gemma(model: PreTrainedModel) -> bool:
    """True for the models that LeanGemma computes: a plain Gemma 3 text model in float32 on a CPU."""
    config = model.config
    return (
        config.model_type == "gemma3_text"
        and config.hidden_activation == "gelu_pytorch_tanh"
        and not (config.attention_bias or config.use_bidirectional_attention)
        and not (config.attn_logit_softcapping or config.final_logit_softcapping)
        and all(type(module) is nn.Linear for module in model.modules() if hasattr(module, "in_features"))
        and all(weight.device.type == "cpu" and weight.dtype == torch.float32 for weight in model.parameters())
    )


@dataclass
class KindOfAttention:
    """What a forward's layers of one kind share.

    `cos` and `sin` are [rows * tokens, head_dim], `window` is how many tokens back a query sees. `mask` is [rows, 1,
    tokens * heads of a group, keys] from `first_key` on: no query sees an earlier one.
    """

    cos: np.ndarray
    sin: np.ndarray
    window: int
    mask: Tensor
    first_key: int


@dataclass
class Step:
    """One forward: its tokens' positions, its cache, and what each row wants of the adapters, [rows, ranks]."""

    positions: Tensor
    cache: SlotCache | None
    mix: Tensor | None
    kinds: dict[str, KindOfAttention]

    @property
    def rows(self) -> int:
        return self.positions.shape[0]

    @property
    def tokens(self) -> int:
        return self.positions.shape[1]


class LeanGemma:
    """Takes a transformers model apart and computes what its forward would."""

    @torch.no_grad()
    def __init__(
        self, model: PreTrainedModel, bank: AdapterBank, *, max_len: int, make_product: Callable[[Tensor], Product]
    ) -> None:
        """
        Args:
            model: one that `is_lean_gemma`. Its linear layers give up their weights, so it cannot run afterwards.
            bank: the adapters over `model`.
            max_len: how many positions a row may have.
            make_product: makes a matrix product from a weight [out, in].
        """
        config, parts = model.config, model.model
        self._bank, self._bank_changes = bank, -1  # the bank's stacks were not taken yet
        self._windows: Windows = attention_windows(config)
        self._max_len = max_len
        self._group = config.num_attention_heads // config.num_key_value_heads
        self._angles = {kind: _angles(parts.rotary_emb, kind, max_len) for kind in self._windows}
        self._embedding, self._embedding_scale = parts.embed_tokens.weight, parts.embed_tokens.embed_scale

        def join(*paths: str) -> JoinedLinear:
            return JoinedLinear({path: bank.linears[path] for path in paths}, make_product)

        self._layers = [LeanLayer(config, index, layer, join) for index, layer in enumerate(parts.layers)]
        self._norm, self._head = RMSNorm(parts.norm), join("lm_head")
        # What is left are norms and the embedding. The file they lie in stays in memory as long as one of them does.
        for parameter in model.parameters():
            parameter.data = parameter.clone()

    def __call__(self, ids: Tensor, positions: Tensor, masks: Masks, cache: SlotCache | None, keep: int) -> Tensor:
        """Logits after the last `keep` tokens of each row, [rows, keep, vocab]. See `forward.Forward`."""
        self._follow_bank()
        # numba runs on torch's threads: one that torch may not use would be waited for in every loop.
        numba.set_num_threads(min(torch.get_num_threads(), numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
        step = self._step(positions, masks, cache)
        x = functional.embedding(ids.flatten(), self._embedding).mul_(self._embedding_scale)
        for layer in self._layers:
            x = layer(x, step)
        kept = self._norm(x.view(step.rows, step.tokens, -1)[:, -keep:].flatten(0, 1))
        return self._head(kept, step.mix).view(step.rows, keep, -1)

    def _follow_bank(self) -> None:
        """Take the adapters over if they have changed since the last forward."""
        if self._bank_changes != self._bank.changes:
            for linear in (*(linear for layer in self._layers for linear in layer.linears), self._head):
                linear.take_adapters(self._bank)
            self._bank_changes = self._bank.changes

    def _step(self, positions: Tensor, masks: Masks, cache: SlotCache | None) -> Step:
        earliest = int(positions.min()) if cache is not None else 0
        kinds = {}
        for kind, window in self._windows.items():
            first_key = max(0, earliest - window + 1) if window else 0
            mask = (masks[kind] if isinstance(masks, dict) else masks)[..., first_key:]
            cos, sin = (table[positions.flatten()].numpy() for table in self._angles[kind])
            mask = _for_groups(mask, self._group)
            kinds[kind] = KindOfAttention(cos, sin, window or self._max_len, mask, first_key)
        weights = self._bank.rank_weights.rows
        return Step(positions, cache, None if weights is None else weights[:, 0], kinds)


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
        self.linears = (self._qkv, self._out, self._gate_up, self._down)

        self._before_attention = RMSNorm(layer.input_layernorm)
        self._after_attention = RMSNorm(layer.post_attention_layernorm)
        self._before_mlp = RMSNorm(layer.pre_feedforward_layernorm)
        self._after_mlp = RMSNorm(layer.post_feedforward_layernorm)
        attention = layer.self_attn
        query_gain, self._qk_floor = _gain_and_floor(attention.q_norm)
        key_gain, _ = _gain_and_floor(attention.k_norm)
        self._qk_gains = np.stack([query_gain] * config.num_attention_heads + [key_gain] * self._kv_heads)

    def __call__(self, x: Tensor, step: Step) -> Tensor:
        """x: [rows * tokens, hidden], which is overwritten."""
        self._after_attention.add_to(x, self._attend(self._before_attention(x), step))
        self._after_mlp.add_to(x, self._feed_forward(self._before_mlp(x), step))
        return x

    def _attend(self, x: Tensor, step: Step) -> Tensor:
        kind = step.kinds[self._kind]
        states = self._qkv(x, step.mix).view(len(x), -1, self._head_dim)
        lean_kernels.turn_heads(states.numpy(), self._qk_gains, self._qk_floor, kind.cos, kind.sin)
        if step.cache is not None and step.tokens == 1 and step.rows <= _FEW_ROWS:
            return self._out(self._look_up_one(states, step, step.cache), step.mix)
        return self._out(self._look_up(states, step), step.mix)

    def _look_up_one(self, states: Tensor, step: Step, cache: SlotCache) -> Tensor:
        """Attention of one token in each of a few rows, in one call."""
        keys, values = cache.stored(self._index, like=states[:, -self._kv_heads :].unsqueeze(2))
        found = lean_kernels.attend(
            states.numpy(),
            keys.numpy(),
            values.numpy(),
            cache.first_row,
            step.positions[:, 0].numpy(),
            step.kinds[self._kind].window,
            self._scale,
            torch.get_num_threads(),
        )
        return torch.from_numpy(found)

    def _look_up(self, states: Tensor, step: Step) -> Tensor:
        """Attention of many tokens or many rows: torch's is the faster one here."""
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
            attn_mask=kind.mask,
            scale=float(self._scale),
        )
        found = found.unflatten(2, (step.tokens, group)).transpose(1, 2)
        return found.reshape(step.rows * step.tokens, -1)

    def _feed_forward(self, x: Tensor, step: Step) -> Tensor:
        gated = lean_kernels.gate(self._gate_up(x, step.mix).numpy(), torch.get_num_threads())
        return self._down(torch.from_numpy(gated), step.mix)


class RMSNorm:
    """Gemma's, in one call instead of four."""

    def __init__(self, norm: Any) -> None:
        self._gain, self._floor = _gain_and_floor(norm)

    def __call__(self, x: Tensor) -> Tensor:
        """x: [rows, hidden]."""
        return torch.from_numpy(lean_kernels.norm(x.numpy(), self._gain, self._floor))

    def add_to(self, x: Tensor, found: Tensor) -> None:
        """Add the norm of `found` to x."""
        lean_kernels.add_norm(x.numpy(), found.numpy(), self._gain, self._floor)


def _gain_and_floor(norm: Any) -> tuple[np.ndarray, np.float32]:
    """What `lean_kernels` asks of an RMSNorm."""
    size = norm.weight.shape[-1]
    return ((1 + norm.weight) * math.sqrt(size)).numpy(), np.float32(norm.eps * size)


def _angles(rotary: nn.Module, kind: str, max_len: int) -> tuple[Tensor, Tensor]:
    """cos and sin of each position's angles, [max_len, head_dim]; the sines of the first half negative."""
    cos, sin = rotary(torch.zeros(1), torch.arange(max_len).unsqueeze(0), kind)
    first, second = sin[0].chunk(2, dim=-1)
    return cos[0], torch.cat((-first, second), dim=-1)


def _for_groups(mask: Tensor, group: int) -> Tensor:
    """A mask [rows, 1, tokens, keys] for queries of `group` heads side by side, [rows, 1, tokens * group, keys]."""
    return mask if mask.shape[2] == 1 else mask.repeat_interleave(group, dim=2)
