"""Tiny random base models for tests: real architectures and a real tokenizer, made on disk in well under a second.

They speak nonsense, but deterministic nonsense, and every text survives their tokenizer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from inference_worker.base_model import BaseModel, resolve_base_model
from inference_worker.chat_format import GEMMA_CHAT_TEMPLATE

_VOCABULARY_SIZE = 384

_SENTENCES = [
    "안녕하세요 반가워요. 오늘 기분이 어때요?",
    "좋아요! 고마워요 ㅋㅋ",
    "아니요, 내일은 싫어요.",
    "I am ok, and you?",
    "user\nmodel\nassistant\nsystem\n",
] * 4

_CHATML_TEMPLATE = """\
{{- bos_token -}}
{%- for turn in messages -%}
{{- '<|im_start|>' + turn['role'] + '\\n' -}}
{%- if turn['role'] == 'assistant' -%}
{%- generation -%}{{- turn['content'] + '<|im_end|>' -}}{%- endgeneration -%}{{- '\\n' -}}
{%- else -%}{{- turn['content'] + '<|im_end|>\\n' -}}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
"""


def make_tiny_base(
    folder: Path, kind: Literal["gemma2", "gemma3", "llama", "qwen2"] = "gemma3", seed: int = 0
) -> BaseModel:
    """Write a random model and its tokenizer into `folder` and resolve it.

    About 0.2 M parameters, hidden size 64, under 400 tokens; the Gemmas have layers with sliding (8 tokens) and with
    full attention. The same `kind` and `seed` give the same weights.
    """
    import torch
    from transformers import AutoModelForCausalLM

    tokenizer = _make_tokenizer(kind)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(_make_config(kind, tokenizer))
        # The usual small initialisation makes every greedy reply the same; layers that outweigh the embedding, which
        # is the head as well, make it depend on the whole prompt.
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                torch.nn.init.normal_(parameter, std=0.05 if "embed" in name else 0.25)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return resolve_base_model(str(folder), cache=Path(folder) / "cache")


def _make_config(kind: str, tokenizer):
    from transformers import Gemma2Config, Gemma3TextConfig, LlamaConfig, Qwen2Config

    shared = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    if kind.startswith("gemma"):
        layer_types = ["sliding_attention", "full_attention", "sliding_attention", "full_attention"]
        return {"gemma2": Gemma2Config, "gemma3": Gemma3TextConfig}[kind](
            **shared,
            num_hidden_layers=4,
            head_dim=32,
            query_pre_attn_scalar=32,
            sliding_window=8,
            layer_types=layer_types,
        )
    if kind == "llama":
        return LlamaConfig(**shared, num_hidden_layers=2, tie_word_embeddings=False)
    if kind == "qwen2":
        return Qwen2Config(**shared, num_hidden_layers=2, tie_word_embeddings=True)
    raise ValueError(f"No tiny model of kind {kind!r}. It may be gemma2, gemma3, llama, qwen2.")


def _make_tokenizer(kind: str):
    """A small BPE tokenizer with a chat template that holds `{% generation %}` marks, as TRL wants them.

    Gemma falls back to byte tokens and the others work on bytes throughout, as the real ones do: a character split
    over several tokens is spelled differently in the two.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    gemma = kind.startswith("gemma")
    turn_tokens = ["<start_of_turn>", "<end_of_turn>"] if gemma else ["<|im_start|>", "<|im_end|>"]
    tokens = ["<pad>", "<eos>", "<bos>", "<unk>", *turn_tokens]
    if gemma:
        tokens += [f"<0x{byte:02X}>" for byte in range(256)]
        backend = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
        backend.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
        alphabet = []
    else:
        backend = Tokenizer(models.BPE())
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        backend.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY_SIZE, special_tokens=tokens, initial_alphabet=alphabet, show_progress=False
    )
    backend.train_from_iterator(_SENTENCES, trainer)
    if gemma:
        backend = _demote_byte_tokens(backend)

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="<pad>",
        bos_token="<bos>",
        eos_token="<eos>" if gemma else "<|im_end|>",
        unk_token="<unk>",
        additional_special_tokens=turn_tokens,
        clean_up_tokenization_spaces=False,
        model_max_length=512,
    )
    tokenizer.chat_template = GEMMA_CHAT_TEMPLATE if gemma else _CHATML_TEMPLATE
    return tokenizer


def _demote_byte_tokens(backend):
    """The trainer makes every token it is given a special one; the byte tokens must be plain entries."""
    from tokenizers import Tokenizer

    state = json.loads(backend.to_str())
    state["added_tokens"] = [token for token in state["added_tokens"] if not token["content"].startswith("<0x")]
    return Tokenizer.from_str(json.dumps(state))
