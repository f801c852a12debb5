"""A candidate on held-out comparisons: which replies it finds likelier, and what it says itself."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from inference_worker.base_model import BaseModel, load_tokenizer
from inference_worker.simulation.experiment import PHRASE, Figures
from inference_worker.simulation.voters import Rule
from inference_worker.training.lora import load_for_training
from inference_worker.training.replies import generate_greedily
from inference_worker.training.rows import PreferenceRow
from inference_worker.training.scoring import score_replies
from inference_worker.training.settings import TrainingSettings


class HeldOut:
    """The comparisons that nobody votes on, and how to measure an adapter on them."""

    def __init__(
        self, base: BaseModel, rule: Rule, rows: list[PreferenceRow], settings: TrainingSettings, quantization: str
    ) -> None:
        self.base, self.rule, self.rows, self.settings, self.quantization = base, rule, rows, settings, quantization
        self.tokenizer = load_tokenizer(base)

    def measure(self, adapter: Path) -> Figures:
        """Load the adapter and measure it. Raises AdapterFileError where its files must not be used."""
        model = load_for_training(
            self.base,
            self.settings.lora,
            adapter=adapter,
            quantization=self.quantization,
            device=None,
            seed=self.settings.seed,
        )
        model.eval()
        replies = self._replies(model)
        return Figures(
            preference=round(self._preference(model), 4),
            habit=round(self.rule.habit(replies), 4),
            phrase=round(mean(PHRASE in reply for reply in replies), 4),
        )

    def _preference(self, model) -> float:
        items = [(list(row.prompt), reply) for row in self.rows for reply in (row.chosen, row.rejected)]
        scores = score_replies(model, self.tokenizer, items, self.settings.evaluation.batch_size)
        return mean(better.logprob > worse.logprob for better, worse in zip(scores[::2], scores[1::2], strict=True))

    def _replies(self, model) -> list[str]:
        evaluation = self.settings.evaluation
        replies = generate_greedily(
            model,
            self.tokenizer,
            [list(row.prompt) for row in self.rows],
            max_new_tokens=evaluation.max_new_tokens,
            batch_size=evaluation.batch_size,
            repetition_penalty=evaluation.repetition_penalty,
        )
        return [reply.text for reply in replies]
