"""The chat format, in one place for training and serving.

A base's own chat template decides the format; this file adds what a template cannot know: text that people typed is
text, even if it spells a control token.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# Gemma's format. System text has no turn of its own, it goes before the first user turn's text. The generation block
# marks for TRL what the model is to learn: the reply and the token that ends it.
GEMMA_CHAT_TEMPLATE = """\
{{- bos_token -}}
{%- set system = messages[0]['content'] | trim if messages[0]['role'] == 'system' else '' -%}
{%- set turns = messages[1:] if messages[0]['role'] == 'system' else messages -%}
{%- for turn in turns -%}
    {%- if (turn['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{- raise_exception("user and assistant turns must alternate, beginning with user") -}}
    {%- endif -%}
    {%- if turn['role'] == 'assistant' -%}
        {{- '<start_of_turn>model\\n' -}}
        {%- generation -%}{{- turn['content'] | trim -}}{{- '<end_of_turn>' -}}{%- endgeneration -%}
        {{- '\\n' -}}
    {%- else -%}
        {{- '<start_of_turn>' + turn['role'] + '\\n' -}}
        {%- if loop.first and system -%}{{- system + '\\n\\n' -}}{%- endif -%}
        {{- turn['content'] | trim + '<end_of_turn>\\n' -}}
    {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<start_of_turn>model\\n' -}}{%- endif -%}
"""

# Where a control token's spelling in somebody's text is cut in two. A Unicode noncharacter: no keyboard types it, and
# where it turns up all the same it is dropped.
_SEAM = "\ufdd0"

_END_OF_TURN_TOKENS = ("<end_of_turn>", "<|eot_id|>", "<|im_end|>", "<|end|>", "<|end_of_text|>", "<|endoftext|>")


class ChatFormatError(ValueError):
    """These messages cannot be written in this base's chat format. The message names the problem and the remedy."""


def render(messages: list[dict], tokenizer: PreTrainedTokenizerFast, add_generation_prompt: bool = True) -> list[int]:
    """Token ids of a conversation, the begin-of-sequence token included.

    The same ids as `tokenizer.apply_chat_template`, except where a message spells a control token such as
    `<end_of_turn>`: here that stays text. Safe to call from several threads with one tokenizer.

    Args:
        messages: `{"role": "system" | "user" | "assistant", "content": str}`, at most one system message, first.
        add_generation_prompt: end with the opening of the model's turn.

    Raises:
        ChatFormatError: the tokenizer has no chat template, or its template refuses these messages.
    """
    seamed = seam_control_tokens(messages, tokenizer)
    try:
        text = _apply_template(seamed, tokenizer, add_generation_prompt)
    except Exception as error:
        # Gemma 2 and its Korean children refuse a system turn. The text still has to reach the model.
        if not (seamed and seamed[0]["role"] == "system" and len(seamed) > 1):
            raise _format_error(tokenizer, error) from error
        try:
            text = _apply_template(_fold_system(seamed), tokenizer, add_generation_prompt)
        except Exception:
            raise _format_error(tokenizer, error) from error

    # The Rust tokenizer itself: transformers' wrapper sets state on it, which two threads must not do at once.
    encode = tokenizer.backend_tokenizer.encode
    return [token for part in text.split(_SEAM) for token in encode(part, add_special_tokens=False).ids]


def fit_into(room: int, messages: list[dict], tokenizer: PreTrainedTokenizerFast) -> tuple[list[dict], list[int]]:
    """The chat and its token ids, its oldest exchanges left out while it does not fit into `room` tokens.

    System text and the newest message always stay: alone they may still be too long. Raises ChatFormatError.
    """
    system = [message for message in messages[:1] if message["role"] == "system"]
    spoken = messages[len(system) :]
    prompt_ids = render(messages, tokenizer)
    while len(prompt_ids) > room and len(spoken) > 2:
        spoken = spoken[2:]
        prompt_ids = render(system + spoken, tokenizer)
    return system + spoken, prompt_ids


def stop_token_ids(tokenizer: PreTrainedTokenizerFast) -> set[int]:
    """The ids that end a reply: end of sequence, and the end of a turn under its names in the known formats."""
    # One by one: the whole vocabulary takes 20 ms to copy, and every row of a training asks.
    known = map(tokenizer.backend_tokenizer.token_to_id, _END_OF_TURN_TOKENS)
    stops = {token_id for token_id in known if token_id is not None}
    if tokenizer.eos_token_id is not None:
        stops.add(tokenizer.eos_token_id)
    return stops


def _apply_template(messages: list[dict], tokenizer, add_generation_prompt: bool) -> str:
    return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=add_generation_prompt)


def seam_control_tokens(messages: list[dict], tokenizer) -> list[dict]:
    """The messages with a seam after the first character of every control token spelled in them.

    `render` does it. Where somebody else tokenizes, send them such messages: what people typed stays text there too.
    """
    specials = {added.content for added in tokenizer.added_tokens_decoder.values() if added.special}
    specials.update(tokenizer.all_special_tokens)
    if not specials:
        return messages
    # The look-ahead finds occurrences that overlap as well: each gets its own seam.
    start = re.compile(f"(?=(?:{'|'.join(map(re.escape, specials))}))(.)", flags=re.DOTALL)
    return [
        {**message, "content": start.sub(rf"\1{_SEAM}", message["content"].replace(_SEAM, ""))} for message in messages
    ]


def _fold_system(messages: list[dict]) -> list[dict]:
    system, first, *rest = messages
    return [{**first, "content": f"{system['content']}\n\n{first['content']}"}, *rest]


def _format_error(tokenizer, error: Exception) -> ChatFormatError:
    if not tokenizer.chat_template:
        return ChatFormatError(
            f"The tokenizer of {tokenizer.name_or_path} has no chat template. Choose an instruction-tuned BASE_MODEL "
            "or put a chat_template.jinja into its folder."
        )
    return ChatFormatError(f"The chat template of {tokenizer.name_or_path} refuses these messages: {error}")
