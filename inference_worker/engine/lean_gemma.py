"""Gemma 3's forward pass on a CPU, with as few operations as it takes: at one token a step, each of them counts.

The same numbers as transformers' own forward, in the same order: only what can be joined is joined (the linear layers
that read the same input, the heads that share their keys), and nothing is asked twice.
"""

from collections.abc import Callable

import numba
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedModel

from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.cache import SlotCache
from inference_worker.engine.joined_linear import JoinedLinear, Product
from inference_worker.engine.lean_layer import KindOfAttention, LeanLayer, RMSNorm, Step
from inference_worker.engine.masks import MakeMasks, Windows, attention_windows


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

    def __call__(
        self, ids: Tensor, positions: Tensor, make_masks: MakeMasks, cache: SlotCache | None, keep: int
    ) -> Tensor:
        """Logits after the last `keep` tokens of each row, [rows, keep, vocab]. See `forward.Forward`."""
        self._follow_bank()
        # numba runs on torch's threads: one that torch may not use would be waited for in every loop.
        numba.set_num_threads(min(torch.get_num_threads(), numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
        step = self._step(positions, make_masks, cache)
        x = functional.embedding(ids.flatten(), self._embedding).mul_(self._embedding_scale)
        for layer in self._layers:
            x = layer(x, step)
        kept = self._norm(x.view(step.rows, step.tokens, -1)[:, -keep:].flatten(0, 1))
        return self._head(kept, step.mix).view(step.rows, keep, -1)

    def _follow_bank(self) -> None:
        """Take the adapters over if they have changed since the last forward."""
        if self._bank_changes != self._bank.changes:
            for layer in self._layers:
                layer.take_adapters(self._bank)
            self._head.take_adapters(self._bank)
            self._bank_changes = self._bank.changes

    def _step(self, positions: Tensor, make_masks: MakeMasks, cache: SlotCache | None) -> Step:
        earliest = int(positions.min()) if cache is not None else 0
        kinds = {}
        for kind, window in self._windows.items():
            first_key = max(0, earliest - window + 1) if window else 0
            cos, sin = (table[positions.flatten()].numpy() for table in self._angles[kind])
            kinds[kind] = KindOfAttention(cos, sin, window or self._max_len, first_key)
        weights = self._bank.rank_weights.rows
        mix = None if weights is None else weights[:, 0]
        return Step(positions, cache, mix, self._bank.ranks, kinds, self._group, make_masks)


def _angles(rotary: nn.Module, kind: str, max_len: int) -> tuple[Tensor, Tensor]:
    """cos and sin of each position's angles, [max_len, head_dim]; the sines of the first half negative."""
    cos, sin = rotary(torch.zeros(1), torch.arange(max_len).unsqueeze(0), kind)
    first, second = sin[0].chunk(2, dim=-1)
    return cos[0], torch.cat((-first, second), dim=-1)
