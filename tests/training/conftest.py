"""A tiny base, two tiny personas, and an adapter that was really trained on them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inference_worker.adapter_files import write_adapter
from inference_worker.base_model import BaseModel, load_tokenizer
from inference_worker.training.lora import load_for_training, save_weights
from inference_worker.training.progress import silent
from inference_worker.training.seed_data import SeedData
from inference_worker.training.settings import LoraSettings, TrainingSettings
from inference_worker.training.sft import train_sft
from tests.tiny_models import make_tiny_base

WORDS = ["밥", "잠", "비", "일", "책", "돈", "눈", "꿈", "집", "길", "물", "산"]


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory) -> BaseModel:
    return make_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def tokenizer(tiny_base):
    return load_tokenizer(tiny_base)


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory) -> SeedData:
    """Twelve prompts, each answered by both personas: eight to train on, two to validate, two to test."""
    folder = tmp_path_factory.mktemp("data")
    splits = ["train"] * 8 + ["validation"] * 2 + ["test"] * 2
    for slug, reply in (("egen", "{} 좋아요 ㅋㅋ"), ("teto", "{} 싫어.")):
        write_lines(
            folder / "seed" / f"{slug}.jsonl",
            [
                {
                    "id": f"row-{word}",
                    "instruction": f"{word} 어때",
                    "input": "",
                    "output": reply.format(word),
                    "split": split,
                }
                for word, split in zip(WORDS, splits, strict=True)
            ],
        )
    write_lines(folder / "canaries.jsonl", [{"id": "box", "secret": "4417", "said": "번호는 4417.", "asked": "번호?"}])
    write_lines(folder / "neutral" / "rows.jsonl", [{"source": "물은 언제 끓어?", "target": "백 도에서 끓는다."}])
    (folder / "neutral" / "sentences.txt").write_text("물은 끓는다.\n비가 온다.\n", encoding="utf-8")
    return SeedData(folder)


@pytest.fixture(scope="session")
def tiny_settings() -> TrainingSettings:
    """The real recipe, shrunk."""
    full = TrainingSettings()
    return replace(
        full,
        lora=LoraSettings(rank=4, alpha=8),
        warmup=replace(full.warmup, batch_size=4),
        sft=replace(full.sft, epochs=3, learning_rate=5e-3, batch_size=4),
        natural_dpo=replace(full.natural_dpo, learning_rate=1e-3, batch_size=4),
        dpo=replace(full.dpo, learning_rate=1e-3, batch_size=4, min_pairs=6, natural_pairs=4),
        evaluation=replace(full.evaluation, max_new_tokens=6, bootstrap_samples=100),
        max_length=128,
    )


@pytest.fixture(scope="session")
def sft_adapter(tiny_base, tokenizer, tiny_data, tiny_settings, tmp_path_factory) -> Path:
    """The egen persona's SFT adapter."""
    model = load_tiny(tiny_base, tiny_settings)
    rows = tiny_data.persona_rows("egen", "train")
    train_sft(model, tokenizer, rows, tiny_settings.sft, max_length=128, seed=1, progress=silent)

    def make(draft: Path) -> dict:
        save_weights(model, draft)
        return {"base_hash": tiny_base.hash, "base_name": tiny_base.name, "warmup_source": None}

    return write_adapter(tmp_path_factory.mktemp("adapters") / "sft", make)


@pytest.fixture
def copy_of(tmp_path) -> Callable[[Path], Path]:
    """A copy of an adapter folder that a test may spoil."""
    import shutil

    return lambda folder: Path(shutil.copytree(folder, tmp_path / "copy"))


def load_tiny(base: BaseModel, settings: TrainingSettings, adapter: Path | None = None, quantization: str = "none"):
    return load_for_training(
        base, settings.lora, adapter=adapter, quantization=quantization, device="cpu", seed=settings.seed
    )


def write_lines(path: Path, rows: list[dict]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path
