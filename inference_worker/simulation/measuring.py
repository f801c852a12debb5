"""A candidate on held-out comparisons: which replies it finds likelier, and what it says itself."""

from __future__ import annotations

from pathlib import Path
from statistics import mean
from typing import Any

from inference_worker.base_model import BaseModel, load_tokenizer
from inference_worker.simulation.experiment import PHRASE, Figures
from inference_worker.simulation.voters import Rule
from inference_worker.training.evaluate import answer, margins, score_pairs
from inference_worker.training.lora import load_for_training
from inference_worker.training.rows import PreferenceRow
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
        model: Any = load_for_training(
            self.base,
            self.settings.lora,
            adapter=adapter,
            quantization=self.quantization,
            device=None,
            seed=self.settings.seed,
        )
        model.eval()
        evaluation = self.settings.evaluation
        replies = [
            reply.text for reply in answer(model, self.tokenizer, [list(row.prompt) for row in self.rows], evaluation)
        ]
        found = margins(score_pairs(model, self.tokenizer, self.rows, evaluation))
        return Figures(
            preference=round(mean(margin > 0 for margin in found), 4),
            margin=round(mean(found), 4),
            habit=round(self.rule.habit(replies), 4),
            phrase=round(mean(PHRASE in reply for reply in replies), 4),
        )
