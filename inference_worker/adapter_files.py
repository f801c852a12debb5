"""An adapter on disk: one folder that holds LoRA weights, their shape, and where they came from.

    adapter_model.safetensors   the weights, in half precision
    adapter_config.json         PEFT's configuration
    manifest.json               base hash, weights hash, data hash, settings, metrics, parent

A folder is written once, under a temporary name, and renamed when complete. Only safetensors are ever read: a pickle
can run code.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

WEIGHTS_FILE = "adapter_model.safetensors"
CONFIG_FILE = "adapter_config.json"
MANIFEST_FILE = "manifest.json"

_KEY = re.compile(r"^base_model\.model\.(?P<module>.+)\.lora_(?P<side>[AB])\.weight$")


class AdapterFileError(Exception):
    """An adapter folder that must not be used. The message names the folder or file and says why."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"Adapter {path}: {problem}")
        self.path, self.problem = path, problem


@dataclass(frozen=True)
class AdapterFiles:
    """A verified adapter.

    `tensors` maps PEFT's keys (`base_model.model.<module>.lora_A.weight`, shape (rank, in), and `.lora_B.weight`,
    shape (out, rank)) to fp32 tensors on the CPU.
    """

    folder: Path
    config: dict[str, Any]
    manifest: dict[str, Any]
    tensors: dict[str, torch.Tensor]

    @property
    def rank(self) -> int:
        """LoRA rank, the same for every layer."""
        return self.config["r"]

    @property
    def scaling(self) -> float:
        """What B·A·x is multiplied by."""
        return self.config["lora_alpha"] / (self.rank**0.5 if self.config.get("use_rslora") else self.rank)

    def layers(self) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Module name in the base -> (A, B)."""
        modules = sorted({match["module"] for match in map(_KEY.match, self.tensors) if match})
        return {module: (self._side(module, "A"), self._side(module, "B")) for module in modules}

    def _side(self, module: str, side: str) -> torch.Tensor:
        return self.tensors[f"base_model.model.{module}.lora_{side}.weight"]


def read_adapter(folder: Path, base_hash: str) -> AdapterFiles:
    """Read and verify an adapter that was trained on the base named by `base_hash`.

    Raises:
        AdapterFileError: a file is missing or torn, the weights are not those of the manifest, or not for this base.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    config = _read_json(folder / CONFIG_FILE)
    if manifest.get("base_hash") != base_hash:
        raise AdapterFileError(
            folder,
            f"made for base {str(manifest.get('base_hash'))[:12]} ({manifest.get('base_name')}), not for "
            f"{base_hash[:12]}. Train it on this base (make train), or set BASE_MODEL back.",
        )
    if weights_sha256(folder) != manifest.get("weights_sha256"):
        raise AdapterFileError(folder / WEIGHTS_FILE, "its SHA-256 is not the manifest's. Restore or retrain it.")
    return AdapterFiles(folder, config, manifest, read_weights(folder))


def read_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The tensors alone, as fp32, checked to be LoRA weights of the configured rank. The manifest may be missing.

    Raises:
        AdapterFileError: a file is missing, torn, or holds something else.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path, rank = Path(folder) / WEIGHTS_FILE, _read_json(Path(folder) / CONFIG_FILE).get("r")
    try:
        tensors = {name: tensor.float() for name, tensor in load_file(path).items()}
    except (SafetensorError, OSError, ValueError) as error:
        raise AdapterFileError(path, f"corrupt safetensors ({error})") from error

    sides: dict[str, set[str]] = {}
    for name, tensor in tensors.items():
        match = _KEY.match(name)
        if not match:
            raise AdapterFileError(path, f"unexpected key {name!r}: only plain LoRA weights are accepted")
        sides.setdefault(match["module"], set()).add(match["side"])
        if tensor.dim() != 2 or tensor.shape[0 if match["side"] == "A" else 1] != rank:
            raise AdapterFileError(path, f"{name} has shape {tuple(tensor.shape)}, the rank is {rank}")
    lonely = sorted(module for module, found in sides.items() if found != {"A", "B"})
    if lonely or not sides:
        raise AdapterFileError(path, f"incomplete: {lonely[0] + ' lacks one side' if lonely else 'no LoRA weights'}")
    return tensors


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest alone; the weights are not looked at.

    Raises:
        AdapterFileError: there is none, or it is torn.
    """
    return _read_json(Path(folder) / MANIFEST_FILE)


def weights_sha256(folder: Path) -> str:
    """SHA-256 (hex) of the weights file.

    Raises:
        AdapterFileError: there is no safetensors file.
    """
    try:
        with (Path(folder) / WEIGHTS_FILE).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise AdapterFileError(
            Path(folder), f"{WEIGHTS_FILE} cannot be read ({error.strerror}). Only safetensors are accepted."
        ) from error


def write_adapter(folder: Path, make: Callable[[Path], dict[str, Any]]) -> Path:
    """Make an adapter folder, complete or not at all; an older one of that name is replaced.

    `make(draft)` puts the weights and PEFT's configuration into a temporary folder and returns the manifest, to which
    the weights' hash and the time are added here.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep_drafts(folder)
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    draft.mkdir()
    try:
        write_manifest(draft, make(draft))
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write (or rewrite) a folder's manifest, with the weights' hash and, unless given, the time."""
    complete = {"created": datetime.now(UTC).isoformat(timespec="seconds"), **manifest}
    complete["weights_sha256"] = weights_sha256(folder)
    draft = folder / f"{MANIFEST_FILE}.tmp"
    draft.write_text(json.dumps(complete, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(folder / MANIFEST_FILE)


def _sweep_drafts(folder: Path) -> None:
    """Remove what killed processes left of earlier attempts at this folder, and this process's own."""
    for draft in folder.parent.glob(f"{folder.name}.*.tmp"):
        owner = draft.name.removeprefix(f"{folder.name}.").removesuffix(".tmp")
        if owner.isdigit() and (int(owner) == os.getpid() or not _is_running(int(owner))):
            shutil.rmtree(draft, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # someone else's, but running
    return True


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AdapterFileError(path, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise AdapterFileError(path, f"is not JSON ({error})") from error
    if not isinstance(data, dict):
        raise AdapterFileError(path, "is not a JSON object")
    return data
