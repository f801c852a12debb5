"""Replay against forgetting: on plain text the adapter must go on predicting what the bare base predicts.

A persona lives inside the chat format. Outside of it the adapter has nothing to say, and what it says anyway is what
the base has forgotten. The term compares whole distributions, not sampled words, so that a few hundred short texts hold
the base in place without being learned by heart.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from inference_worker.training.rows import ChatRow
from inference_worker.training.settings import ReplaySettings
from inference_worker.training.tokens import plain_ids

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedTokenizerFast, Trainer


class Replay:
    """Neutral texts, dealt out a batch a step in an order that depends on the seed alone."""

    def __init__(self, texts: list[str], tokenizer: PreTrainedTokenizerFast, recipe: ReplaySettings, seed: int) -> None:
        self.weight = recipe.weight
        self._batch_size = recipe.batch_size
        self._encoded = [plain_ids(text, tokenizer)[: recipe.max_length] for text in texts]
        self._draw = random.Random(seed)  # noqa: S311  repeatable, not secret
        self._waiting: list[list[int]] = []

    def loss(self, model: PeftModel) -> torch.Tensor:
        """KL divergence of the model with its adapter from the bare base, in nats a token, over the next texts."""
        import torch
        from torch.nn import functional

        sequences = [torch.tensor(ids) for ids in self._next_batch()]
        input_ids = torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True).to(model.device)
        lengths = torch.tensor([len(ids) for ids in sequences], device=model.device)
        mask = torch.arange(input_ids.shape[1], device=model.device) < lengths[:, None]
        with torch.no_grad(), model.disable_adapter():
            base = model(input_ids=input_ids, attention_mask=mask, use_cache=False).logits[mask]
        adapted = model(input_ids=input_ids, attention_mask=mask, use_cache=False).logits[mask]
        return functional.kl_div(
            adapted.float().log_softmax(-1), base.float().log_softmax(-1), log_target=True, reduction="batchmean"
        )

    def skip(self, steps: int) -> None:
        """Go past the texts of steps that were made before: a training that goes on meets the next ones."""
        for _ in range(steps):
            self._next_batch()

    def _next_batch(self) -> list[list[int]]:
        if len(self._waiting) < self._batch_size:
            self._waiting = self._draw.sample(self._encoded, len(self._encoded))
        batch, self._waiting = self._waiting[: self._batch_size], self._waiting[self._batch_size :]
        return batch


def make_replay(
    rows: list[ChatRow], tokenizer: PreTrainedTokenizerFast, recipe: ReplaySettings, seed: int
) -> Replay | None:
    """A replay of the rows as plain text, without roles: it is the language that is held, not the conversation. None
    where there are no rows or they weigh nothing."""
    if not rows or not recipe.weight:
        return None
    texts = ["\n".join(message["content"] for message in row.messages) for row in rows]
    return Replay(texts, tokenizer, recipe, seed)


def with_replay(trainer: type[Trainer], replay: Replay | None) -> type[Trainer]:
    """The trainer class, its loss plus the weighted replay term; itself where there is nothing to replay."""
    if replay is None:
        return trainer
    held: Replay = replay

    class ReplayTrainer(trainer):  # type: ignore[valid-type, misc]
        def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
            answer = super().compute_loss(model, inputs, return_outputs=return_outputs, **kwargs)
            term = held.loss(self.accelerator.unwrap_model(model))
            self._metrics["train"]["replay_kl"].append(term.item())
            if return_outputs:
                return answer[0] + held.weight * term, answer[1]
            return answer + held.weight * term

    return ReplayTrainer
