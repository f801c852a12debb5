"""Replay against forgetting: on plain text the adapter must go on predicting what the bare base predicts.

A persona lives inside the chat format. Outside of it the adapter has nothing to say, and what it says anyway is what
the base has forgotten. The term compares whole distributions, not sampled words, so that a few hundred short texts hold
the base in place without being learned by heart.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from inference_worker.training.label_loss import base_of, head_logits
from inference_worker.training.rows import ChatRow
from inference_worker.training.settings import ReplaySettings
from inference_worker.training.tokens import plain_ids

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedTokenizerFast, Trainer


class Replay:
    """Neutral texts, dealt out in batches in an order that depends on the seed alone."""

    def __init__(self, texts: list[str], tokenizer: PreTrainedTokenizerFast, recipe: ReplaySettings, seed: int) -> None:
        self._recipe = recipe
        self._encoded = [plain_ids(text, tokenizer)[: recipe.max_length] for text in texts]
        self._draw = random.Random(seed)  # noqa: S311  repeatable, not secret
        self._waiting: list[list[int]] = []
        self._steps = 0
        self._remembered: dict[int, torch.Tensor] = {}  # by text: the base's last hidden states, (tokens, hidden size)

    @property
    def weight(self) -> float:
        """What the loss counts the term with. A step that replays pays for those that don't: one large batch takes a
        CPU less time than two small ones, and over a training the base is held as hard."""
        return self._recipe.weight * self._recipe.every

    def next_term(self, model: PeftModel) -> torch.Tensor | None:
        """The divergence over the next step's texts; None on the steps between two replays."""
        texts = self._next_texts()
        return self.divergence(model, texts) if texts else None

    def divergence(self, model: PeftModel, texts: list[int]) -> torch.Tensor:
        """KL divergence of the model with its adapter from the bare base, in nats a token, over texts by number."""
        import torch
        from torch.nn import functional

        self._remember(model, texts)
        hidden = torch.cat([self._remembered[text] for text in texts])
        with torch.no_grad():
            base = head_logits(model, hidden).log_softmax(-1)
        adapted = head_logits(model, torch.cat(self._hidden_states(model, texts))).log_softmax(-1)
        return functional.kl_div(adapted, base, log_target=True, reduction="batchmean")

    def skip(self, steps: int) -> None:
        """Go past the texts of steps that were made before: a training that goes on meets the next ones."""
        for _ in range(steps):
            self._next_texts()

    def _remember(self, model: PeftModel, texts: list[int]) -> None:
        """Run the base over what it has not met yet. It never changes, and every text comes back each few dozen steps;
        hidden states take a fortieth of the room that the words' probabilities would."""
        import torch

        new = [text for text in texts if text not in self._remembered]
        if new:
            with torch.no_grad(), model.disable_adapter():
                self._remembered.update(zip(new, self._hidden_states(model, new), strict=True))

    def _hidden_states(self, model: PeftModel, texts: list[int]) -> list[torch.Tensor]:
        """What the head would read of each text: (tokens, hidden size)."""
        import torch

        sequences = [torch.tensor(self._encoded[text]) for text in texts]
        input_ids = torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True).to(model.device)
        lengths = [len(ids) for ids in sequences]
        mask = torch.arange(input_ids.shape[1]) < torch.tensor(lengths)[:, None]
        body = base_of(model).get_decoder()
        states = body(input_ids=input_ids, attention_mask=mask.to(model.device), use_cache=False).last_hidden_state
        return [row[:length] for row, length in zip(states, lengths, strict=True)]

    def _next_texts(self) -> list[int]:
        """The next batch, by number; empty on a step between."""
        self._steps += 1
        if (self._steps - 1) % self._recipe.every:
            return []
        if not self._waiting:
            self._waiting = self._deal()
        return self._waiting.pop()

    def _deal(self) -> list[list[int]]:
        """All texts once, in batches of about the same length (little padding), in a random order. What is too little
        for a batch stays out of this round."""
        size = min(self._recipe.batch_size, len(self._encoded))
        chosen = self._draw.sample(range(len(self._encoded)), len(self._encoded) // size * size)
        chosen.sort(key=lambda text: len(self._encoded[text]) * self._draw.uniform(0.8, 1.2))
        batches = [chosen[start : start + size] for start in range(0, len(chosen), size)]
        self._draw.shuffle(batches)
        return batches


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
            term = held.next_term(self.accelerator.unwrap_model(model))
            if term is None:
                return answer
            self._metrics["train"]["replay_kl"].append(term.item())
            if return_outputs:
                return answer[0] + held.weight * term, answer[1]
            return answer + held.weight * term

    return ReplayTrainer
