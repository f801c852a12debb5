"""`python -m inference_worker.training.look_up`: does the look-up find the intent that a new wording means?

The paraphrases (personas/data/retrieval/paraphrases.jsonl) were written by somebody else than the intents; neither the
encoder's training nor the index has seen them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inference_worker.exemplars.composer import NEAR, Composer
from inference_worker.exemplars.encoder import load_encoder
from inference_worker.exemplars.index import ExemplarIndex
from inference_worker.exemplars.vectors import ShippedVectors
from inference_worker.training.row_files import read_json_lines
from inference_worker.training.seed_data import ENCODER, SEED_DATA

AMONG = (1, 3, 10)


@dataclass(frozen=True)
class Paraphrase:
    """A new wording, and the id of the intent that it means."""

    text: str
    intent: str


@dataclass(frozen=True)
class LookUpFigures:
    """Shares of paraphrases whose intent is among the first n, the share with anything near, and milliseconds each."""

    paraphrases: int
    found: dict[int, float]
    near: float
    milliseconds: float

    def __str__(self) -> str:
        found = ", ".join(f"{share:.1%} among the first {among}" for among, share in self.found.items())
        return (
            f"{self.paraphrases} paraphrases: {found}; something near (from {NEAR}) for {self.near:.1%}; "
            f"{self.milliseconds:.0f} ms a look-up"
        )


def measure_look_up(composer: Composer, paraphrases: Sequence[Paraphrase]) -> LookUpFigures:
    """Look every paraphrase up among all exchanges of the composer."""
    started = time.perf_counter()
    ranks, near = [], 0
    for paraphrase in paraphrases:
        vector = composer.encoder.encode([paraphrase.text])[0]
        found = composer.index.nearest(vector, max(AMONG))
        ids = [one.exchange.id for one in found]
        ranks.append(ids.index(paraphrase.intent) if paraphrase.intent in ids else max(AMONG))
        near += bool(found) and found[0].similarity >= NEAR
    seconds = time.perf_counter() - started
    count = len(paraphrases)
    shares = {among: sum(rank < among for rank in ranks) / count for among in AMONG}
    return LookUpFigures(count, shares, near / count, 1000 * seconds / count)


def read_paraphrases(file: Path) -> list[Paraphrase]:
    """Raises RowError."""
    return [Paraphrase(data["text"], data["intent"]) for _line, data in read_json_lines(file)]


def main() -> int:
    """Print the figures of the shipped encoder; of a paraphrase whose intent is in the test split nothing is asked."""
    parser = argparse.ArgumentParser(prog="python -m inference_worker.training.look_up", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("var/base"))
    options = parser.parse_args()
    encoder = ShippedVectors(ENCODER, load_encoder(ENCODER, options.cache))
    exchanges = SEED_DATA.exchanges("train", "validation")
    known = {exchange.id for exchange in exchanges}
    asked = [
        one for one in read_paraphrases(SEED_DATA.folder / "retrieval" / "paraphrases.jsonl") if one.intent in known
    ]
    print(measure_look_up(Composer(encoder, ExemplarIndex.of(exchanges, encoder)), asked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
