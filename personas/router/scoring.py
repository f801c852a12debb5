"""How much a message calls for teto, by the weights that `manage.py train_router` wrote."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from pathlib import Path

from personas.router.features import features_of

WEIGHTS_FILE = Path(__file__).parent / "weights.json"


@dataclass(frozen=True)
class StyleModel:
    """Logistic regression over hashed pieces. Positive calls for teto, negative for egen."""

    bias: float
    weights: Mapping[int, float]  # place -> weight; places without one weigh nothing

    def score(self, message: str) -> float:
        """Log odds that teto suits the message better than egen; 0 where nothing speaks for either."""
        features = features_of(message)
        if not features:
            return 0.0
        return self.bias + sum(value * self.weights.get(place, 0.0) for place, value in features.items())


def probability(score: float) -> float:
    """Log odds as a probability."""
    return 1 / (1 + exp(-score)) if score > -500 else 0.0


@lru_cache(maxsize=1)
def shipped_model() -> StyleModel:
    """The model of the repository, read once per process."""
    kept = json.loads(WEIGHTS_FILE.read_text())
    return StyleModel(kept["bias"], {int(place): weight for place, weight in kept["weights"].items()})
