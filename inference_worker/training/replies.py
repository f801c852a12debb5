"""Greedy replies for measuring, with transformers' own `generate`: simple, slow, and nobody waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from inference_worker import chat_format
from inference_worker.training.progress import Progress, silent
from inference_worker.training.rows import Message

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


@dataclass(frozen=True)
class MeasuredReply:
    """A generated reply. `finished` means that it ended by itself; `repeats` that a 4-gram of tokens occurs twice."""

    text: str
    finished: bool
    repeats: bool


def generate_greedily(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    prompts: list[list[Message]],
    *,
    max_new_tokens: int,
    batch_size: int,
    repetition_penalty: float = 1.0,
    progress: Progress = silent,
) -> list[MeasuredReply]:
    """One reply per prompt, in their order. It tells of every batch: they are long, and whoever cancels waits."""
    replies: list[MeasuredReply] = []
    for start in range(0, len(prompts), batch_size):
        rendered = [chat_format.render(prompt, tokenizer) for prompt in prompts[start : start + batch_size]]
        replies += _generate_batch(model, tokenizer, rendered, max_new_tokens, repetition_penalty)
        progress({"stage": "replies", "written": len(replies), "of": len(prompts)})
    return replies


def describe(replies: list[MeasuredReply]) -> dict[str, Any]:
    """Length and repetition figures."""
    return {
        "replies": len(replies),
        "median_length": median(len(reply.text) for reply in replies),
        "repetition": round(sum(reply.repeats for reply in replies) / len(replies), 4),
        "finished": round(sum(reply.finished for reply in replies) / len(replies), 4),
    }


def _generate_batch(
    model, tokenizer, rendered: list[list[int]], max_new_tokens: int, repetition_penalty: float
) -> list[MeasuredReply]:
    import torch
    from transformers import LogitsProcessorList, RepetitionPenaltyLogitsProcessor

    stops = chat_format.stop_token_ids(tokenizer)
    width = max(len(ids) for ids in rendered)
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    # Padding goes to the left: a prompt must touch its reply.
    input_ids = torch.tensor([[padding] * (width - len(ids)) + ids for ids in rendered])
    mask = torch.tensor([[0] * (width - len(ids)) + [1] * len(ids) for ids in rendered])
    # The prompt is left out of it: the token that ends a turn stands there, and must stay as likely as it is.
    penalty = RepetitionPenaltyLogitsProcessor(repetition_penalty, prompt_ignore_length=width)
    with torch.inference_mode():
        output = model.generate(
            input_ids=input_ids.to(model.device),
            attention_mask=mask.to(model.device),
            max_new_tokens=max_new_tokens,
            do_sample=False,
            logits_processor=LogitsProcessorList([penalty]),
            eos_token_id=sorted(stops),
            pad_token_id=padding,
        )
    return [_measure(row[width:].tolist(), stops, tokenizer) for row in output]


def _measure(ids: list[int], stops: set[int], tokenizer) -> MeasuredReply:
    end = next((index for index, token in enumerate(ids) if token in stops), None)
    kept = ids[:end]
    grams = [tuple(kept[start : start + 4]) for start in range(len(kept) - 3)]
    return MeasuredReply(
        text=tokenizer.decode(kept, skip_special_tokens=True).strip(),
        finished=end is not None,
        repeats=len(set(grams)) < len(grams),
    )
