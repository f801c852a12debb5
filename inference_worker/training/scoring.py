"""Log-probabilities: of a reply to its prompt, and of plain text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inference_worker.training.rows import Message
from inference_worker.training.tokens import plain_ids, reply_ids

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


@dataclass(frozen=True)
class ReplyScore:
    """`logprob` is the sum over the reply's `tokens` tokens (its end included), in nats."""

    logprob: float
    tokens: int

    @property
    def per_token(self) -> float:
        """Mean log-probability of a token, in nats."""
        return self.logprob / self.tokens


def score_replies(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    items: list[tuple[list[Message], str]],
    batch_size: int = 8,
) -> list[ReplyScore]:
    """Scores of (prompt, reply) items, in their order."""
    encoded = [reply_ids(prompt, reply, tokenizer) for prompt, reply in items]
    return _score(model, encoded, batch_size)


def perplexity(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, texts: list[str], batch_size: int = 8
) -> float:
    """Perplexity per token of plain texts, each on its own, without the chat format."""
    encoded = [plain_ids(text, tokenizer) for text in texts]
    scores = _score(model, [(ids[:1], ids[1:]) for ids in encoded], batch_size)
    return math.exp(-sum(score.logprob for score in scores) / sum(score.tokens for score in scores))


def _score(model, encoded: list[tuple[list[int], list[int]]], batch_size: int) -> list[ReplyScore]:
    # Alike lengths share a batch, so little of it is padding.
    order = sorted(range(len(encoded)), key=lambda index: len(encoded[index][0]) + len(encoded[index][1]))
    scores: list[ReplyScore | None] = [None] * len(encoded)
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        for index, score in zip(batch, _score_batch(model, [encoded[index] for index in batch]), strict=True):
            scores[index] = score
    return [score for score in scores if score is not None]


def _score_batch(model, encoded: list[tuple[list[int], list[int]]]) -> list[ReplyScore]:
    import torch

    sequences = [torch.tensor(prompt + reply) for prompt, reply in encoded]
    input_ids = torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True)
    mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(ids) for ids in sequences], batch_first=True)
    first = min(len(prompt) for prompt, _ in encoded) - 1  # the position that predicts the earliest reply token
    with torch.inference_mode():
        logits = model(
            input_ids=input_ids.to(model.device),
            attention_mask=mask.to(model.device),
            logits_to_keep=input_ids.shape[1] - first,
            use_cache=False,
        ).logits.float()
    logprobs = logits.log_softmax(-1).cpu()
    scores = []
    for row, (prompt, reply) in enumerate(encoded):
        begin = len(prompt) - 1 - first
        predicted = logprobs[row, begin : begin + len(reply)]
        total = predicted.gather(1, torch.tensor(reply).unsqueeze(1)).sum().item()
        scores.append(ReplyScore(total, len(reply)))
    return scores
