"""GGUF tensors and settings of Gemma 3 under transformers' names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from transformers import Gemma3TextConfig

_LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "attn_output": "self_attn.o_proj",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "post_ffw_norm": "post_feedforward_layernorm",
}


def read_config(reader, **overrides) -> Gemma3TextConfig:
    """The model's shape from the GGUF header. `overrides` are config values of the cut model, such as `vocab_size`."""
    from transformers import Gemma3TextConfig

    def setting(name):
        return reader.fields[f"gemma3.{name}"].contents()

    layers = setting("block_count")
    return Gemma3TextConfig(
        architectures=["Gemma3ForCausalLM"],
        hidden_size=setting("embedding_length"),
        intermediate_size=setting("feed_forward_length"),
        num_hidden_layers=layers,
        num_attention_heads=setting("attention.head_count"),
        num_key_value_heads=setting("attention.head_count_kv"),
        head_dim=setting("attention.key_length"),
        max_position_embeddings=setting("context_length"),
        sliding_window=setting("attention.sliding_window"),
        rms_norm_eps=1e-6,  # the header's float32 reads 9.99999997e-07
        # Not in the header, but fixed for the architecture: every sixth layer sees everything, and the layers that
        # see only the window use a shorter rotary base.
        layer_types=["sliding_attention" if layer % 6 else "full_attention" for layer in range(1, layers + 1)],
        query_pre_attn_scalar=256,
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": setting("rope.freq_base")},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
        },
        tie_word_embeddings=True,
        **overrides,
    )


def read_weights(reader, token_ids: np.ndarray | None = None) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every weight as (transformers name, float32 array, [out, in] for matrices).

    Args:
        token_ids: rows of the embedding to take, in their new order; None takes all. The head is tied to it.
    """
    from gguf.quants import dequantize

    for tensor in reader.tensors:
        data = tensor.data
        if tensor.name == "token_embd.weight" and token_ids is not None:
            data = data[token_ids]  # rows are quantised on their own, so only the wanted ones are unpacked
        weight = dequantize(data, tensor.tensor_type)
        if "norm" in tensor.name:
            weight = weight - 1  # GGUF stores the factor, transformers stores its distance from one
        yield _transformers_name(tensor.name), np.ascontiguousarray(weight, dtype=np.float32)


def _transformers_name(gguf_name: str) -> str:
    if gguf_name == "token_embd.weight":
        return "model.embed_tokens.weight"
    if gguf_name == "output_norm.weight":
        return "model.norm.weight"
    _, layer, part, _ = gguf_name.split(".")  # blk.7.attn_q.weight
    return f"model.layers.{layer}.{_LAYER_NAMES[part]}.weight"
