"""The weights that `python -m moderation.train` wrote, and what they say of a folded message."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from moderation.features import Split, weigh
from moderation.kinds import Acute, Kind

WEIGHTS_FILE = Path(__file__).parent / "weights.json"
UNIT = 100  # the file holds hundredths


@dataclass(frozen=True)
class Line:
    """One linear score: log odds are `bias` plus what the pieces weigh."""

    bias: float
    weights: Split

    @classmethod
    def of(cls, kept: dict) -> "Line":
        """From the file."""
        return cls(kept["bias"] / UNIT, Split.of({piece: weight / UNIT for piece, weight in kept["weights"].items()}))

    def score(self, text: str) -> float:
        """Log odds of a folded message as a whole."""
        return self.bias + weigh(text, self.weights)


@dataclass(frozen=True)
class Model:
    """Logistic regressions over pieces: is it a danger, which, whose, and how soon."""

    alarm: Line
    kinds: dict[Kind, Line]
    other: Line  # somebody else's, not one's own
    acute: dict[Acute, Line]

    def kind_of(self, text: str) -> Kind:
        """The likeliest kind of a danger."""
        return max(self.kinds, key=lambda kind: self.kinds[kind].score(text))

    def acute_of(self, text: str) -> Acute:
        """How soon it likeliest is."""
        return max(self.acute, key=lambda acute: self.acute[acute].score(text))


def model_from(kept: dict) -> Model:
    """A model from the file's content."""
    kinds, acute = ({name: Line.of(line) for name, line in kept[head].items()} for head in ("kinds", "acute"))
    return Model(Line.of(kept["alarm"]), kinds, Line.of(kept["other"]), acute)


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The model of the repository, read once per process."""
    return model_from(json.loads(WEIGHTS_FILE.read_text(encoding="utf-8")))
