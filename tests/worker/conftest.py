"""A worker's engine on a tiny random model, with two tiny personas whose adapters lie in files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model

from inference_worker import tasks
from inference_worker.adapter_files import write_adapter
from inference_worker.base_model import BaseModel, load_model
from inference_worker.resident import ResidentEngine
from personas.registry import shipped
from personas.registry.models import AdapterVersion, Persona
from personas.registry.services import adapter_version_register, champion_promote
from tests.tiny_models import make_tiny_base

SLOTS = 4


@pytest.fixture(autouse=True)
def nothing_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The personas come without the repository's adapters, which are for the real base."""
    monkeypatch.setattr(shipped, "SHIPPED", tmp_path / "shipped")


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> BaseModel:
    return make_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def tiny_adapters(tiny_base: BaseModel, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of random adapters that fit the tiny base, by the name of whom they are for."""
    folder = tmp_path_factory.mktemp("adapters")
    return {name: make_adapter(folder / name, tiny_base, seed) for seed, name in enumerate(("egen", "teto", "egen2"))}


def make_adapter(folder: Path, base: BaseModel, seed: int) -> Path:
    """A random LoRA adapter, written as training writes them."""
    torch.manual_seed(seed)
    config = LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    model = get_peft_model(load_model(base, device="cpu"), config)

    def make(draft: Path) -> dict[str, Any]:
        model.save_pretrained(draft, safe_serialization=True)
        return {"base_hash": base.hash, "base_name": base.name}

    return write_adapter(folder, make)


@pytest.fixture
def engine(tiny_base: BaseModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[ResidentEngine]:
    """The engine that the tasks of this process use."""
    resident = ResidentEngine(tiny_base, quantization="none", slots=SLOTS)
    monkeypatch.setattr(tasks, "engine", lambda **how: resident)
    yield resident
    resident.stop()


@pytest.fixture
def redis_of_the_tasks(redis_server: str) -> Iterator[None]:
    """The tasks' own connection goes to the test's Redis."""
    tasks.redis_client.cache_clear()
    yield
    tasks.redis_client.cache_clear()


def crown(persona: Persona, folder: Path) -> AdapterVersion:
    """Make an adapter folder the persona's champion, as a promotion does."""
    import json

    manifest = json.loads((folder / "manifest.json").read_text())
    version = adapter_version_register(persona=persona, path=folder, manifest=manifest)
    champion_promote(persona=persona, version=version)
    return version
