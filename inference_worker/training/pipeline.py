"""One night's training of one persona: from approved votes and thumbs to a candidate with a gate report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference_worker import adapter_files
from inference_worker.base_model import BaseModel, load_tokenizer
from inference_worker.training.canaries import plant
from inference_worker.training.dpo import train_dpo
from inference_worker.training.evaluate import Measurement, build_nightly_set, measure
from inference_worker.training.gate import judge
from inference_worker.training.kto import train_kto
from inference_worker.training.lora import load_for_training, load_weights, save_weights
from inference_worker.training.progress import Progress, named, silent
from inference_worker.training.replay import make_replay
from inference_worker.training.revision import code_revision
from inference_worker.training.row_files import read_preference_rows, read_unpaired_rows, rows_sha256
from inference_worker.training.rows import PreferenceRow, UnpairedRow, hold_out, sample_rows
from inference_worker.training.seed_data import SEED_DATA, SeedData
from inference_worker.training.settings import TrainingSettings


class TooFewPairsError(Exception):
    """Not enough votes to learn from: tonight's run is skipped."""

    def __init__(self, pairs: int, minimum: int) -> None:
        super().__init__(f"{pairs} pairs to train on, at least {minimum} are needed.")
        self.pairs, self.minimum = pairs, minimum


@dataclass(frozen=True)
class CandidateResult:
    """A complete adapter folder, what was measured on it, and what the gate says."""

    folder: Path
    metrics: dict[str, Any]
    gate_report: dict[str, Any]

    @property
    def passed(self) -> bool:
        """Whether the gate lets it through."""
        return self.gate_report["passed"]


def train_candidate(
    *,
    persona_slug: str,
    sft_adapter: Path,
    champion: Path | None,
    pairs_file: Path,
    output: Path,
    base: BaseModel,
    settings: TrainingSettings | None = None,
    data: SeedData = SEED_DATA,
    quantization: str = "none",
    device: str | None = None,
    checkpoints: Path | None = None,
    progress: Progress = silent,
) -> CandidateResult:
    """Train a candidate into the folder `output` and judge it beside `champion` (without one, beside the SFT adapter).

    Always starts from the fixed SFT adapter and takes all pairs, never last night's adapter: deleting a pair then
    really deletes it, and drift cannot add up. Thumbs in the file train after the pairs (KTO), and make up for too few
    of them. `output` appears complete or not at all; with `checkpoints`, a training that was killed goes on where it
    was.

    Raises:
        TooFewPairsError: the run should end as skipped.
        RowError, RowTooLongError: a pair cannot be used; the message names it.
        AdapterFileError: the SFT adapter or the champion must not be used.
        TrainingCheckError: the training taught nothing, or broke the weights.
    """
    settings = settings or TrainingSettings()
    pairs, thumbs = read_preference_rows(pairs_file), read_unpaired_rows(pairs_file)
    if len(pairs) < settings.dpo.min_pairs and not thumbs:
        raise TooFewPairsError(len(pairs), settings.dpo.min_pairs)
    votes, held_out = hold_out(pairs, settings.held_out_share)
    session = _Session(persona_slug, base, settings, data, quantization, device, progress)

    def make(draft: Path) -> dict[str, Any]:
        training = session.train(sft_adapter, votes, draft, checkpoints)
        if thumbs:
            training["thumbs"] = session.train_on_thumbs(sft_adapter, thumbs, draft, checkpoints)
        candidate, reference = session.compare(draft, champion or sft_adapter, held_out)
        return {
            **session.lineage(sft_adapter, pairs_file),
            "pairs": {"trained": len(votes), "held_out": len(held_out)},
            "thumbs": len(thumbs),
            "training": training,
            "metrics": candidate.metrics,
            "gate": judge(candidate, reference, training, settings.gate).as_dict(),
        }

    manifest = adapter_files.read_manifest(adapter_files.write_adapter(output, make))
    progress({"stage": "done", "passed": manifest["gate"]["passed"]})
    return CandidateResult(output, manifest["metrics"], manifest["gate"])


@dataclass(frozen=True)
class _Session:
    """What the steps of one night share."""

    slug: str
    base: BaseModel
    settings: TrainingSettings
    data: SeedData
    quantization: str
    device: str | None
    progress: Progress

    def lineage(self, sft_adapter: Path, pairs_file: Path) -> dict[str, Any]:
        """For the manifest: what the candidate is made from."""
        return {
            "persona": self.slug,
            "base_hash": self.base.hash,
            "base_name": self.base.name,
            "parent": adapter_files.weights_sha256(sft_adapter),
            "data_sha256": rows_sha256(pairs_file),
            "settings": self.settings.as_dict(),
            "quantization": self.quantization,
            "code_revision": code_revision(),
            "warmup_source": adapter_files.read_manifest(sft_adapter).get("warmup_source"),
        }

    def train(
        self, sft_adapter: Path, votes: list[PreferenceRow], draft: Path, checkpoints: Path | None
    ) -> dict[str, Any]:
        """DPO on the votes and a fixed sample of natural pairs; the weights go to `draft`."""
        self.progress({"stage": "load"})
        model, tokenizer = self._load(sft_adapter), load_tokenizer(self.base)
        figures = train_dpo(
            model,
            tokenizer,
            [*votes, *plant(self._anchors(), self.data.canaries())],
            self.settings.dpo,
            max_length=self.settings.max_length,
            seed=self.settings.seed,
            progress=self.progress,
            replay=self._replay(tokenizer),
            checkpoints=checkpoints,
        )
        save_weights(model, draft)
        return figures

    def train_on_thumbs(
        self, sft_adapter: Path, thumbs: list[UnpairedRow], draft: Path, checkpoints: Path | None
    ) -> dict[str, Any]:
        """KTO on the thumbs, from the weights in `draft`, which it replaces.

        On a model of its own: DPO's trainer has left its reference in the one that it had.
        """
        self.progress({"stage": "load"})
        model, tokenizer = self._load(sft_adapter), load_tokenizer(self.base)
        load_weights(model, adapter_files.read_weights(draft), draft)
        figures = train_kto(
            model,
            tokenizer,
            thumbs,
            self.settings.kto,
            max_length=self.settings.max_length,
            seed=self.settings.seed,
            progress=self.progress,
            replay=self._replay(tokenizer),
            checkpoints=checkpoints and checkpoints / "thumbs",
        )
        save_weights(model, draft)
        return figures

    def _replay(self, tokenizer):
        return make_replay(self.data.neutral_rows(), tokenizer, self.settings.replay, self.settings.seed)

    def compare(
        self, candidate: Path, champion: Path, held_out: list[PreferenceRow]
    ) -> tuple[Measurement, Measurement]:
        """Measure candidate and champion, as files, on the same items."""
        items = build_nightly_set(self.data, self.slug, self.settings.evaluation, held_out)
        model, tokenizer = self._load(champion), load_tokenizer(self.base)
        watch = named("evaluate champion:", self.progress)
        reference = measure(model, tokenizer, items, self.settings.evaluation, watch)
        load_weights(model, adapter_files.read_weights(candidate), candidate)
        watch = named("evaluate candidate:", self.progress)
        return measure(model, tokenizer, items, self.settings.evaluation, watch), reference

    def _anchors(self) -> list[PreferenceRow]:
        pairs = self.data.natural_pairs(self.slug, "train")
        return sample_rows(pairs, self.settings.dpo.natural_pairs, self.settings.seed)

    def _load(self, adapter: Path):
        return load_for_training(
            self.base,
            self.settings.lora,
            adapter=adapter,
            quantization=self.quantization,
            device=self.device,
            seed=self.settings.seed,
        )
