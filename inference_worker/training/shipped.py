"""The adapters that come with the repository: a chat stage for all personas, then SFT and DPO for each.

    <output>/warmup          one adapter on general chat, where a file for it was given
    <output>/chat            one adapter on rows of all personas, each with the exemplars that it would meet
    <output>/<slug>/sft      the fixed SFT adapter, from which every nightly run starts
    <output>/<slug>/v1       version 1: the SFT adapter after DPO on natural pairs, with its measurements

Every stage is a folder that exists complete or not at all. Its manifest names what went in, so a stage whose inputs
are unchanged is not run again: a killed run goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from inference_worker import adapter_files
from inference_worker.base_model import BaseModel, load_tokenizer
from inference_worker.exemplars.composer import Composer
from inference_worker.exemplars.encoder import RememberingEncoder, load_encoder
from inference_worker.exemplars.index import Encoder, ExemplarIndex
from inference_worker.exemplars.prompt_form import EXEMPLAR_FORM, PLAIN_FORM
from inference_worker.exemplars.vectors import ShippedVectors
from inference_worker.training.dpo import train_dpo
from inference_worker.training.evaluate import build_record_set, measure
from inference_worker.training.exemplar_rows import RowMaker
from inference_worker.training.lora import load_for_training, save_weights
from inference_worker.training.progress import Progress, named
from inference_worker.training.replay import make_replay
from inference_worker.training.row_files import rows_sha256
from inference_worker.training.rows import ChatRow, sample_rows
from inference_worker.training.scoring import perplexity
from inference_worker.training.seed_data import ENCODER, SeedData
from inference_worker.training.settings import TrainingSettings
from inference_worker.training.sft import train_sft
from inference_worker.training.warmup import describe_source, read_warmup_rows


@dataclass
class ShippedTraining:
    """One `make train`: the base, the rows, the recipe, and where the results go."""

    base: BaseModel
    data: SeedData
    output: Path
    settings: TrainingSettings
    progress: Progress
    quantization: str = "none"
    device: str | None = None
    encoder: Encoder | None = None  # of exemplars; None: the shipped one
    cache: Path = Path("var/base")

    def train_warmup(self, file: Path) -> Path:
        """One adapter on the general chat in `file`; both personas go on from it."""
        recipe = self.settings.warmup

        def run(draft: Path) -> dict[str, Any]:
            rows = read_warmup_rows(file, recipe.max_rows, self.settings.seed)
            return {"training": self._sft(draft, rows, recipe, parent=None, stage="warmup")}

        inputs = {"source": describe_source(file), "recipe": asdict(recipe)}
        return self._stage(self.output / "warmup", inputs, run, parent=None)

    def train_chat(self, slugs: Sequence[str], warmup: Path | None) -> Path:
        """One adapter on all personas' rows: to answer with the exemplars beside a message, whoever speaks in them."""
        files, recipe = self._files(slugs), self.settings.chat

        def run(draft: Path) -> dict[str, Any]:
            rows = [row for slug in slugs for row in self._rows(slug, recipe.passes)]
            return {"training": self._sft(draft, rows, recipe, parent=warmup, stage="chat")}

        inputs = {"rows_sha256": rows_sha256(*files), "recipe": asdict(recipe), "rows": asdict(self.settings.rows)}
        return self._stage(self.output / "chat", inputs, run, parent=warmup)

    def train_sft(self, slug: str, parent: Path | None) -> Path:
        """The persona's fixed SFT adapter."""
        files, recipe = self._files([slug]), self.settings.sft

        def run(draft: Path) -> dict[str, Any]:
            rows = self._rows(slug, recipe.passes, recipe.talk_share)
            return {"training": self._sft(draft, rows, recipe, parent=parent, stage=f"{slug} sft")}

        inputs = {"rows_sha256": rows_sha256(*files), "recipe": asdict(recipe), "rows": asdict(self.settings.rows)}
        return self._stage(self.output / slug / "sft", inputs, run, parent=parent)

    def train_dpo(self, slug: str, sft: Path) -> Path:
        """Version 1: DPO on natural pairs, then measured on the test split."""
        slugs, recipe = (slug, self.data.other_than(slug)), self.settings.natural_dpo
        files = [file for name in slugs for file in self.data.persona_files(name)]

        def run(draft: Path) -> dict[str, Any]:
            pairs = self.data.natural_pairs(slug, "train")
            pairs = sample_rows(pairs, recipe.natural_pairs, self.settings.seed)
            model, tokenizer = self._load(sft), load_tokenizer(self.base)
            training = train_dpo(
                model,
                tokenizer,
                pairs,
                recipe,
                max_length=self.settings.max_length,
                seed=self.settings.seed,
                progress=named(slug, self.progress),
                replay=self._replay(tokenizer),
            )
            save_weights(model, draft)
            return {"training": training}

        inputs = {"rows_sha256": rows_sha256(*files), "recipe": asdict(recipe)}
        return self._stage(self.output / slug / "v1", inputs, run, parent=sft)

    def measure(self, slug: str, adapter: Path) -> dict[str, Any]:
        """Metrics of an adapter on the test split, written into its manifest; measured once."""
        manifest = adapter_files.read_manifest(adapter)
        if "metrics" not in manifest:
            self.progress({"stage": f"{slug} {adapter.name} evaluation"})
            model, tokenizer = self._load(adapter), load_tokenizer(self.base)
            items = build_record_set(self.data, slug, self.settings.evaluation.prompts)
            metrics = measure(model, tokenizer, items, self.settings.evaluation).metrics
            with model.disable_adapter():
                metrics["base_perplexity"] = round(perplexity(model, tokenizer, items.neutral), 3)
            manifest = {**manifest, "metrics": metrics}
            adapter_files.write_manifest(adapter, manifest)
        return manifest["metrics"]

    def _files(self, slugs: Sequence[str]) -> list[Path]:
        return sorted({file for slug in slugs for file in self.data.persona_files(slug)})

    def _rows(self, slug: str, passes: float, talk_share: float = 0.0) -> list[ChatRow]:
        """What a persona learns from, each row with the exemplars that its message would meet."""
        if not self.data.exchanges("train"):
            return self.data.persona_rows(slug, "train")
        maker = RowMaker(self.composer, slug, self.settings.rows, self.data.names(), self.settings.seed)
        return maker.rows(self.data, passes, talk_share)

    @cached_property
    def composer(self) -> Composer:
        """Over the training split's exchanges."""
        encoder = self.encoder or RememberingEncoder(ShippedVectors(ENCODER, load_encoder(ENCODER, self.cache)))
        index = ExemplarIndex.of(self.data.exchanges("train"), encoder)
        return Composer(encoder, index, self.data.modest_replies())

    def _sft(self, draft: Path, rows, recipe, *, parent: Path | None, stage: str) -> dict[str, Any]:
        model, tokenizer = self._load(parent), load_tokenizer(self.base)
        figures = train_sft(
            model,
            tokenizer,
            rows,
            recipe,
            max_length=self.settings.max_length,
            seed=self.settings.seed,
            progress=self.progress,
            stage=stage,
            replay=self._replay(tokenizer),
            checkpoints=self.output / "checkpoints" / stage.replace(" ", "-"),
        )
        save_weights(model, draft)
        return figures

    def _replay(self, tokenizer):
        return make_replay(self.data.neutral_rows(), tokenizer, self.settings.replay, self.settings.seed)

    def _load(self, adapter: Path | None):
        return load_for_training(
            self.base,
            self.settings.lora,
            adapter=adapter,
            quantization=self.quantization,
            device=self.device,
            seed=self.settings.seed,
        )

    def _stage(
        self, folder: Path, inputs: dict[str, Any], run: Callable[[Path], dict[str, Any]], *, parent: Path | None
    ) -> Path:
        """Make `folder` with `run`, unless its manifest shows that it was made from exactly these inputs."""
        name = folder.name if folder.parent == self.output else f"{folder.parent.name} {folder.name}"
        manifest = self._manifest(inputs, parent)
        if _is_finished(folder, manifest["inputs_sha256"]):
            self.progress({"stage": name, "status": "already there"})
            return folder
        started = time.monotonic()
        adapter_files.write_adapter(folder, lambda draft: {**manifest, **run(draft)})
        shutil.rmtree(self.output / "checkpoints" / name.replace(" ", "-"), ignore_errors=True)
        self.progress({"stage": name, "status": "finished", "seconds": round(time.monotonic() - started)})
        return folder

    def _manifest(self, inputs: dict[str, Any], parent: Path | None) -> dict[str, Any]:
        inputs = {
            **inputs,
            "base": self.base.hash,
            "lora": asdict(self.settings.lora),
            "replay": {"rows_sha256": rows_sha256(self.data.neutral_rows_file), **asdict(self.settings.replay)},
            "seed": self.settings.seed,
            "max_length": self.settings.max_length,
            "quantization": self.quantization,
            "parent": adapter_files.weights_sha256(parent) if parent else None,
        }
        # What general chat went into the weights is handed down from stage to stage: its licence asks to be named.
        inherited = adapter_files.read_manifest(parent)["warmup_source"] if parent else None
        return {
            "base_hash": self.base.hash,
            "base_name": self.base.name,
            "inputs_sha256": hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest(),
            "inputs": inputs,
            "warmup_source": inputs.get("source", inherited),
            "prompt_form": EXEMPLAR_FORM if self.data.exchanges("train") else PLAIN_FORM,
        }


def _is_finished(folder: Path, inputs_sha256: str) -> bool:
    try:
        manifest = adapter_files.read_manifest(folder)
        intact = adapter_files.weights_sha256(folder) == manifest.get("weights_sha256")
    except adapter_files.AdapterFileError:
        return False
    return intact and manifest.get("inputs_sha256") == inputs_sha256
