"""`make encoder`: learn to lay wordings of one intent near each other and far from all others.

InfoNCE with the batch's other intents as negatives (van den Oord et al. 2018, "Representation Learning with Contrastive
Predictive Coding"): low-rank changes of the base's first layers, and a projection of their mean states.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inference_worker.base_model import BaseModel, load_tokenizer, resolve_base_model
from inference_worker.exemplars.encoder import (
    EncoderWeights,
    ExemplarEncoder,
    first_layers,
    mean_states,
    read_weights,
    token_ids,
    write_weights,
)  # fmt: skip
from inference_worker.exemplars.exchanges import Exchange
from inference_worker.exemplars.vectors import VECTORS_FILE, ShippedVectors, write_vectors
from inference_worker.training.arguments import multiplies_in_bf16
from inference_worker.training.progress import Progress, silent
from inference_worker.training.row_files import rows_sha256
from inference_worker.training.seed_data import ENCODER, SEED_DATA

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class EncoderSettings:
    """Figures of the contrastive training; see docs/training-log.md for what else was tried."""

    dimensions: int = 256
    rank: int = 16
    steps: int = 320
    batch_size: int = 96  # intents; each brings two of its wordings
    learning_rate: float = 1e-3
    temperature: float = 0.07
    seed: int = 20240607


def contrastive_loss(one: torch.Tensor, other: torch.Tensor, temperature: float) -> torch.Tensor:
    """Mean of -log softmax(one_i . other_i / t over all j), both ways round.

    Args:
        one, other: unit vectors (intents, dimensions); row i of both says the same.
    """
    import torch

    alike = one @ other.T / temperature
    same = torch.arange(len(one))
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(alike, same) + cross_entropy(alike.T, same)) / 2


class EncoderTraining:
    """The base's first layers with low-rank changes, and a projection: what is trained, and taken out at the end."""

    def __init__(self, base: BaseModel, settings: EncoderSettings) -> None:
        import torch
        from peft import LoraConfig, get_peft_model

        torch.manual_seed(settings.seed)
        self.settings = settings
        self._tokenizer = load_tokenizer(base)
        self._lora = LoraConfig(r=settings.rank, lora_alpha=2 * settings.rank, target_modules="all-linear")
        self._body = get_peft_model(first_layers(base), self._lora)
        hidden = self._body.config.hidden_size
        self._project = torch.nn.Linear(hidden, settings.dimensions, bias=False)
        torch.nn.init.orthogonal_(self._project.weight)
        self._mean, self._scale = torch.zeros(hidden), torch.ones(hidden)

    def train(self, wordings: Sequence[Sequence[str]], progress: Progress = silent) -> EncoderWeights:
        """Learn from the wordings of each intent, two or more each. Deterministic on one machine."""
        import torch

        settings = self.settings
        draw = random.Random(settings.seed)  # noqa: S311  repeatable, not secret
        self._standardise([texts[0] for texts in draw.sample(list(wordings), min(512, len(wordings)))])
        learned = [*filter(lambda one: one.requires_grad, self._body.parameters()), *self._project.parameters()]
        optimizer = torch.optim.AdamW(learned, settings.learning_rate, weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, settings.learning_rate, total_steps=settings.steps, pct_start=0.1
        )
        for step in range(1, settings.steps + 1):
            intents = draw.sample(list(wordings), min(settings.batch_size, len(wordings)))
            pairs = [draw.sample(texts, 2) for texts in intents]
            one, other = self._vectors([pair[0] for pair in pairs] + [pair[1] for pair in pairs]).chunk(2)
            loss = contrastive_loss(one, other, settings.temperature)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            if step % 10 == 0:
                progress({"stage": "encoder", "step": step, "steps": settings.steps, "loss": round(loss.item(), 3)})
        return self._weights()

    def _standardise(self, texts: Sequence[str]) -> None:
        """A few of a state's numbers are a thousand times the others; each is brought to unit size once and for all."""
        import torch

        with torch.no_grad():
            states = self._states(texts)
        # The square root keeps what goes into the product at unit length, whatever the hidden size.
        self._mean, self._scale = states.mean(0), (states.std(0) + 1e-6) * states.shape[1] ** 0.5

    def _states(self, texts: Sequence[str]) -> torch.Tensor:
        import torch

        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=multiplies_in_bf16()):
            return mean_states(self._body, [token_ids(text, self._tokenizer) for text in texts])

    def _vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors (texts, dimensions)."""
        from torch.nn import functional

        return functional.normalize(self._project((self._states(texts) - self._mean) / self._scale), dim=1)

    def _weights(self) -> EncoderWeights:
        scaling = self._lora.lora_alpha / self._lora.r
        changes = {
            name.removeprefix("base_model.model."): (
                module.lora_A["default"].weight.detach().numpy(),
                module.lora_B["default"].weight.detach().numpy() * scaling,
            )
            for name, module in self._body.named_modules()
            if hasattr(module, "lora_A")
        }
        arrays = (tensor.detach().numpy() for tensor in (self._mean, self._scale, self._project.weight))
        return EncoderWeights(changes, *arrays)


def hit_rate(vectors: np.ndarray, owners: np.ndarray, asked: np.ndarray, expected: np.ndarray, among: int) -> float:
    """Share of the asked vectors whose owner is among the first `among` owners found."""
    alike = asked @ vectors.T
    count = int(owners.max()) + 1
    best = np.full((len(asked), count), -2.0, dtype=np.float32)
    np.maximum.at(best.T, owners, alike.T)
    right = best[np.arange(len(asked)), expected]
    return float(((best > right[:, None]).sum(1) < among).mean())


def main() -> int:
    """Train on the wordings of all splits but the test's, write weights and vectors; or print what they would find."""
    parser = argparse.ArgumentParser(prog="python -m inference_worker.training.encoder", description=__doc__)
    parser.add_argument("--output", type=Path, default=ENCODER)
    parser.add_argument("--cache", type=Path, default=Path("var/base"))
    parser.add_argument("--steps", type=int, default=EncoderSettings.steps)
    parser.add_argument("--vectors", action="store_true", help="only the vectors of wordings that are new or changed")
    parser.add_argument("--measure", action="store_true", help="hide a wording of each intent and look it up instead")
    options = parser.parse_args()
    base = resolve_base_model("", cache=options.cache)
    settings = EncoderSettings(steps=options.steps)
    exchanges = SEED_DATA.exchanges("train", "validation")
    if options.measure:
        print(measure(base, exchanges, settings, _print))
        return 0
    if not options.vectors:
        weights = EncoderTraining(base, settings).train(_several([one.wordings for one in exchanges]), _print)
        write_weights(weights, options.output, base.hash, {"rows_sha256": rows_sha256(*SEED_DATA.shared_files)})
        (options.output / VECTORS_FILE).unlink(missing_ok=True)
    texts, _ = texts_and_owners(exchanges)
    print(f"Encoding {len(texts)} wordings, those that are known already left as they are", flush=True)
    stored = ExemplarEncoder(base, read_weights(options.output, base.hash))  # as it is served: in half precision
    write_vectors(texts, ShippedVectors(options.output, stored).encode(texts), options.output)
    print(f"Written to {options.output}")
    return 0


def _print(event: dict) -> None:
    print(" ".join(f"{name} {value}" for name, value in event.items()), flush=True)


def _several(wordings: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [texts for texts in wordings if len(texts) > 1]


def measure(
    base: BaseModel, exchanges: Sequence[Exchange], settings: EncoderSettings, progress: Progress = silent
) -> dict[str, float]:
    """Hit rates for one hidden wording of each exchange, which neither the training nor the index has seen."""
    several = [one for one in exchanges if len(one.wordings) > 2]
    kept, asked = [one.wordings[:-1] for one in several], [one.wordings[-1] for one in several]
    encoder = ExemplarEncoder(base, EncoderTraining(base, settings).train(kept, progress))
    vectors = encoder.encode([text for texts in kept for text in texts])
    owners = np.repeat(np.arange(len(kept)), [len(texts) for texts in kept])
    questions = encoder.encode(asked)
    return {
        f"found among {among}": round(hit_rate(vectors, owners, questions, np.arange(len(kept)), among), 3)
        for among in (1, 3, 10)
    }


def texts_and_owners(exchanges: Sequence[Exchange]) -> tuple[list[str], list[int]]:
    """All wordings, and for each the number of its exchange."""
    texts = [wording for exchange in exchanges for wording in exchange.wordings]
    owners = [number for number, exchange in enumerate(exchanges) for _ in exchange.wordings]
    return texts, owners


if __name__ == "__main__":
    sys.exit(main())
