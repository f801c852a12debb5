"""How much a text sounds like one persona and not the other: logistic regression over character n-grams.

Small on purpose. It knows spelling, endings and marks, which is what the two styles differ in, and it is trained anew
from the training rows in a second, so there is no model file to keep.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

_BUCKETS = 4096
_STEPS = 300
_RATE = 2.0
_DECAY = 1e-4


@dataclass(frozen=True)
class StyleClassifier:
    """Trained weights, (4096,) and a bias."""

    weights: np.ndarray
    bias: float

    def score(self, text: str) -> float:
        """Probability, 0 to 1, that the text is in the own style."""
        return float(_sigmoid(_features(text) @ self.weights + self.bias))

    def accuracy(self, own: list[str], other: list[str]) -> float:
        """Share of texts on the right side of 0.5."""
        right = sum(self.score(text) > 0.5 for text in own) + sum(self.score(text) <= 0.5 for text in other)
        return right / (len(own) + len(other))


def train_style_classifier(own: list[str], other: list[str]) -> StyleClassifier:
    """Learn to tell the two lists apart. Deterministic."""
    features = np.stack([_features(text) for text in [*own, *other]])
    labels = np.array([1.0] * len(own) + [0.0] * len(other), dtype=np.float32)
    weights, bias = np.zeros(_BUCKETS, dtype=np.float32), 0.0
    for _ in range(_STEPS):
        error = _sigmoid(features @ weights + bias) - labels
        weights -= _RATE * (features.T @ error / len(labels) + _DECAY * weights)
        bias -= _RATE * float(error.mean())
    return StyleClassifier(weights, bias)


def _features(text: str) -> np.ndarray:
    """Which n-grams of one to four characters occur, hashed into buckets; unit length."""
    marked = f"^{text.strip()}$"
    grams = {marked[start : start + size] for size in (1, 2, 3, 4) for start in range(len(marked) - size + 1)}
    vector = np.zeros(_BUCKETS, dtype=np.float32)
    vector[[zlib.crc32(gram.encode()) % _BUCKETS for gram in grams]] = 1.0
    return vector / max(float(np.linalg.norm(vector)), 1.0)


def _sigmoid(value):
    return 1.0 / (1.0 + np.exp(-np.clip(value, -30.0, 30.0)))
