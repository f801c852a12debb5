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
    turns = range(others + 1)  # 0 is the row's own prompt
    items = [(rows[(index + turn) % len(rows)].prompt, row.reply) for index, row in enumerate(rows) for turn in turns]
    scores = [score.logprob for score in score_replies(model, tokenizer, items, batch_size)]
    own = scores[:: others + 1]
    wins = [own[place // others] > score for place, score in enumerate(_foreign(scores, others))]
    return sum(wins) / len(wins)


def _foreign(scores: list[float], others: int) -> list[float]:
    """The scores without those of the own prompts, which come first in each row's group."""
    return [score for place, score in enumerate(scores) if place % (others + 1)]
