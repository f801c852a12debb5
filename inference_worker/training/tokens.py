"""Rows as token ids, by the very function that serves them: what is learned is what will be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inference_worker import chat_format
from inference_worker.training.rows import ChatRow, Message, PreferenceRow, UnpairedRow

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

IGNORED = -100  # torch's cross entropy takes no loss where a label says so


class RowTooLongError(ValueError):
    """A row does not fit. TRL would cut or drop it without a word."""


class ChatTemplateError(ValueError):
    """The base's chat template cannot be trained on: a prompt is no prefix of the prompt with its reply."""


def reply_ids(prompt: list[Message], reply: str, tokenizer: PreTrainedTokenizerFast) -> tuple[list[int], list[int]]:
    """(prompt ids, reply ids). The reply's last id is the token that ends a turn; what a template puts after it isn't
    learned, because generation has stopped by then."""
    prompt_ids = chat_format.render(prompt, tokenizer)
    whole = chat_format.render([*prompt, {"role": "assistant", "content": reply}], tokenizer, False)
    if whole[: len(prompt_ids)] != prompt_ids:
        raise ChatTemplateError(
            f"The chat template of {tokenizer.name_or_path} writes a prompt differently once it has a reply. "
            "Training would teach another prompt than serving asks; choose another BASE_MODEL or mend its template."
        )
    stops = chat_format.stop_token_ids(tokenizer)
    ends = [index for index in range(len(prompt_ids), len(whole)) if whole[index] in stops]
    if not ends:
        raise ChatTemplateError(
            f"The chat template of {tokenizer.name_or_path} ends a reply with no known stop token, so a reply would "
            "never end. Mend its template, or choose another BASE_MODEL."
        )
    return prompt_ids, whole[len(prompt_ids) : ends[-1] + 1]


def encode_chat(row: ChatRow, tokenizer: PreTrainedTokenizerFast, max_length: int) -> dict[str, list[int]]:
    """`input_ids` and `labels` of a conversation; every reply is learned, nothing else.

    Raises:
        RowTooLongError: longer than `max_length` tokens.
    """
    input_ids: list[int] = []
    labels: list[int] = []
    for index, message in enumerate(row.messages):
        if message["role"] != "assistant":
            continue
        prompt, reply = reply_ids(list(row.messages[:index]), message["content"], tokenizer)
        if prompt[: len(input_ids)] != input_ids:
            raise ChatTemplateError(f"The chat template of {tokenizer.name_or_path} rewrites earlier turns ({row.id}).")
        labels += [IGNORED] * (len(prompt) - len(input_ids)) + reply
        input_ids = prompt + reply
    _check_length(len(input_ids), max_length, row.id)
    return {"input_ids": input_ids, "labels": labels}


def plain_ids(text: str, tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """A text outside of any chat, as a document begins."""
    begin = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    return [begin, *tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids]


def encode_preference(row: PreferenceRow, tokenizer: PreTrainedTokenizerFast, max_length: int) -> dict[str, list[int]]:
    """`prompt_ids`, `chosen_ids` and `rejected_ids`, as TRL's preference collator takes them.

    Raises:
        RowTooLongError: prompt and longer reply together exceed `max_length` tokens.
    """
    prompt_ids, chosen = reply_ids(list(row.prompt), row.chosen, tokenizer)
    _, rejected = reply_ids(list(row.prompt), row.rejected, tokenizer)
    _check_length(len(prompt_ids) + max(len(chosen), len(rejected)), max_length, row.prompt[-1]["content"][:40])
    return {"prompt_ids": prompt_ids, "chosen_ids": chosen, "rejected_ids": rejected}


def encode_unpaired(row: UnpairedRow, tokenizer: PreTrainedTokenizerFast, max_length: int) -> dict[str, Any]:
    """`prompt_ids`, `completion_ids` and `label`, as TRL's collator of unpaired preferences takes them.

    Raises:
        RowTooLongError: prompt and reply together exceed `max_length` tokens.
    """
    prompt_ids, reply = reply_ids(list(row.prompt), row.reply, tokenizer)
    _check_length(len(prompt_ids) + len(reply), max_length, row.prompt[-1]["content"][:40])
    return {"prompt_ids": prompt_ids, "completion_ids": reply, "label": row.is_good}


def _check_length(length: int, limit: int, name: str) -> None:
    if length > limit:
        raise RowTooLongError(f"Row {name!r} has {length} tokens, the limit is {limit}. Shorten or remove it.")
