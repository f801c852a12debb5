"""Does a reply belong to its message? Measured without a judge: by whether the model finds it likelier there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference_worker.training.rows import ChatRow
from inference_worker.training.scoring import score_replies

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


def relevance(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, rows: list[ChatRow], *, others: int, batch_size: int = 8
) -> float:
    """Share (0 to 1) of comparisons in which a row's written reply is likelier after its own prompt than after the
    prompt of another row. Each row meets the `others` rows that follow it, round the end; half is chance.

    Raises:
        ValueError: there are not more rows than `others`.
    """
    if len(rows) <= others:
        raise ValueError(f"{len(rows)} rows cannot each meet {others} others.")
    meetings = others + 1  # the own prompt comes first
    prompts = [row.prompt for row in rows]
    items = [
        (prompts[(index + turn) % len(rows)], row.reply) for index, row in enumerate(rows) for turn in range(meetings)
    ]
    scores = [score.logprob for score in score_replies(model, tokenizer, items, batch_size)]
    groups = [scores[start : start + meetings] for start in range(0, len(scores), meetings)]
    return sum(own > score for own, *foreign in groups for score in foreign) / (len(rows) * others)
