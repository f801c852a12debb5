"""Vectors of wordings that come with the repository, so that a first start need not compute them for minutes.

Kept by a hash of each wording, in 8 bits: where rows are written or mended, only theirs are computed anew. Rounding
moves a similarity by less than 0.01.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inference_worker.exemplars.index import Encoder

VECTORS_FILE = "vectors.safetensors"
_LEVELS = 127


class ShippedVectors:
    """An encoder that knows the shipped wordings' vectors by heart and asks the real one for all others."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._encoder = encoder
        self._rows, self._vectors = _read(folder)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors, float32 (texts, dimensions)."""
        places = [self._rows.get(_key(text)) for text in texts]
        new = [text for text, place in zip(texts, places, strict=True) if place is None]
        computed = iter(self._encoder.encode(new)) if new else iter(())
        return np.stack([next(computed) if place is None else _unit(self._vectors[place]) for place in places])


def write_vectors(texts: Sequence[str], vectors: np.ndarray, folder: Path) -> None:
    """Write unit vectors (texts, dimensions) of these wordings."""
    from safetensors.numpy import save_file

    largest = np.abs(vectors).max(axis=1, keepdims=True)
    levels = np.round(vectors / np.maximum(largest, 1e-9) * _LEVELS).astype(np.int8)
    keys = np.array([_key(text) for text in texts], dtype=np.uint64)
    save_file({"keys": keys, "levels": levels}, folder / VECTORS_FILE)


def _read(folder: Path) -> tuple[dict[int, int], np.ndarray]:
    """Where each known wording stands, and the levels. None are known where there is no file."""
    from safetensors.numpy import load_file

    file = folder / VECTORS_FILE
    if not file.is_file():
        return {}, np.empty((0, 0), dtype=np.int8)
    stored = load_file(file)
    return {int(key): row for row, key in enumerate(stored["keys"])}, stored["levels"]


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _unit(levels: np.ndarray) -> np.ndarray:
    vector = levels.astype(np.float32)
    return vector / max(float(np.linalg.norm(vector)), 1e-6)
