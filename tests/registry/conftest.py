"""Adapter folders as the registry sees them: a manifest and weights. What is in the weights does not matter here."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from personas.curation.models import PreferencePair
from personas.registry import shipped
from personas.registry.models import AdapterVersion, Persona
from personas.registry.services import adapter_version_register, champion_promote

BASE = "b" * 64


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path: Path) -> Path:
    """Everything written goes into the test's own folder."""
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


@pytest.fixture
def shipped_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A repository's shipped adapters, none at first."""
    monkeypatch.setattr(shipped, "SHIPPED", tmp_path / "shipped")
    return shipped.SHIPPED


def adapter_folder(folder: Path, weights: bytes = b"weights", base_hash: str = BASE) -> dict:
    """Write an adapter folder and return its manifest."""
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(weights)
    manifest = {"base_hash": base_hash, "weights_sha256": hashlib.sha256(weights).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return manifest


@pytest.fixture
def make_version(tmp_path: Path) -> Callable[..., AdapterVersion]:
    """Registers a version of a persona: `make_version(sora, base_hash=...)`."""

    def make(persona: Persona, base_hash: str = BASE) -> AdapterVersion:
        number = persona.versions.count() + 1
        folder = tmp_path / "made" / persona.slug / str(number)
        manifest = adapter_folder(folder, f"{persona.slug} {number}".encode(), base_hash)
        return adapter_version_register(persona=persona, path=folder, manifest=manifest)

    return make


@pytest.fixture
def trainable(sora: Persona, make_version, shipped_folder, settings) -> Persona:
    """A persona with an SFT adapter, a champion, and four approved pairs, of which three are enough here."""
    settings.MIN_TRAINING_PAIRS = 3
    adapter_folder(shipped_folder / "sora" / "sft", b"sft")
    champion_promote(persona=sora, version=make_version(sora))
    for number in range(4):
        PreferencePair.objects.create(
            persona=sora,
            prompt=[{"role": "user", "content": f"질문 {number}"}],
            chosen="좋은 답",
            rejected="나쁜 답",
            source="import",
            status="approved",
        )
    return sora
