"""An adapter folder as the registry sees it: a manifest, and weights that must be the ones it names.

Standard library only. What is inside the weights is the worker's business (inference_worker.adapter_files).
"""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

WEIGHTS_FILE = "adapter_model.safetensors"
MANIFEST_FILE = "manifest.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class AdapterRefused(Exception):
    """A folder that must not become, or stay, an adapter version. The message names it and says why."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


def manifest_read(folder: Path) -> dict[str, Any]:
    """The folder's manifest. Raises AdapterRefused where there is none or it is torn."""
    path = folder / MANIFEST_FILE
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AdapterRefused(path, f"cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise AdapterRefused(path, f"is not JSON ({error}).") from error
    if not isinstance(manifest, dict):
        raise AdapterRefused(path, "is not a JSON object.")
    return manifest


def manifest_hash(folder: Path, manifest: Mapping[str, Any], name: str) -> str:
    """The SHA-256 that the manifest gives as `name`. Raises AdapterRefused where it gives none."""
    value = manifest.get(name)
    if not (isinstance(value, str) and _SHA256.fullmatch(value)):
        raise AdapterRefused(folder / MANIFEST_FILE, f"{name} is {value!r}, not a SHA-256.")
    return value


def weights_verify(folder: Path, sha256: str) -> None:
    """Raises AdapterRefused unless the weights in the folder are those named by `sha256`."""
    path = folder / WEIGHTS_FILE
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise AdapterRefused(path, f"cannot be read ({error.strerror}). Only safetensors are accepted.") from error
    if found != sha256:
        raise AdapterRefused(path, f"its SHA-256 is {found[:12]}…, not {sha256[:12]}… Restore or retrain it.")


def folder_keep(source: Path, target: Path) -> Path:
    """Copy an adapter folder to where nobody changes it, complete or not at all."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"{target.name}.tmp")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source, draft)
        draft.rename(target)
    return target
