"""`python -m moderation.train`: learn the weights anew from the rows, print what they give on unseen rows.

scikit-learn learns, here alone: whoever asks `danger_of` needs no library. The same rows give the same file.
"""

import argparse
import json
import random
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from moderation import thresholds
from moderation.everyday import DATA, everyday_messages
from moderation.features import pieces_of
from moderation.folding import readings
from moderation.kinds import KINDS, TOLD
from moderation.phrases import phrase_rows
from moderation.rows import LEARNED, Row, rows_of
from moderation.scoring import UNIT, WEIGHTS_FILE, model_from

FOLDS = 5
STRENGTH = 30.0  # scikit-learn's C: chosen among 3, 10, 30, 100 by recall on unseen rows at 1 % false alarms
FEWEST_ROWS = 2  # in which a piece must stand to be learned
MOST_PIECES = {"alarm": 24_000, "head": 4_000}  # the heaviest; the file stays readable and below a megabyte
EMBEDDED = 0.5  # of the dangers that are learned once more in the middle of everyday talk
EVERYDAY_WEIGHT = 0.5  # of an everyday message beside one that was written to look like a danger


@dataclass(frozen=True)
class Example:
    """A row with what it counts."""

    row: Row
    weight: float = 1.0


def main() -> None:
    """Train, measure by folds, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m moderation.train", description=__doc__)
    parser.add_argument("--everyday", type=Path, default=DATA, help="folder of what is said on an ordinary day")
    examples = gather(parser.parse_args().everyday)
    print(f"{len(examples)} rows, {sum(example.row.danger is not None for example in examples)} of them dangers")
    report(examples)
    WEIGHTS_FILE.write_text(written(learn(examples)), encoding="utf-8")
    print(f"{WEIGHTS_FILE.stat().st_size / 1024:.0f} kB written to {WEIGHTS_FILE}")


def gather(everyday: Path = DATA) -> list[Example]:
    """The rows by hand, the certain phrases, and the personas' own rows as what is harmless."""
    by_hand = [Example(row) for row in (*rows_of(*LEARNED), *phrase_rows())]
    return by_hand + [Example(Row(text, None), EVERYDAY_WEIGHT) for text in everyday_messages(everyday)]


def report(examples: Sequence[Example]) -> None:
    """What models give on the fold that they have not seen, each row read once."""
    unseen: list[tuple[Row, float]] = []
    for fold in range(FOLDS):
        model = model_from(learn([one for one in examples if fold_of(one.row.text) != fold]))
        rest = [one.row for one in examples if fold_of(one.row.text) == fold]
        unseen += [(row, max(model.alarm_of(text)[0] for text in readings(row.text))) for row in rest]
    harmless = sorted(score for row, score in unseen if row.danger is None)
    print("unseen rows, by the classifier without the certain phrases:")
    for threshold in sorted({-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, thresholds.ALARM}):
        kinds = {
            kind: [score >= threshold for row, score in unseen if row.danger and row.danger.kind == kind]
            for kind in KINDS
        }
        recalls = ", ".join(f"{kind} {np.mean(caught):.3f}" for kind, caught in kinds.items() if caught)
        print(f"  from {threshold:+.1f}: false alarms {np.mean([s >= threshold for s in harmless]):.4f}; {recalls}")


def fold_of(text: str) -> int:
    """Which fold a message is in: by its words, so that a row stays where it is when others come."""
    return zlib.crc32(text.encode()) % FOLDS


def learn(examples: Sequence[Example]) -> dict:
    """All heads, as the file keeps them."""
    dangers = [example for example in examples if example.row.danger]
    told = [(example, example.row.danger) for example in dangers if example.row.danger]
    of_kind = {kind: [danger.kind == kind for _, danger in told] for kind in KINDS}
    how_soon = {acute: [danger.acute == acute for _, danger in told] for acute in TOLD}
    everything = [*examples, *_embedded(dangers, [one for one in examples if one.row.danger is None])]
    return {
        "alarm": _line(everything, [example.row.danger is not None for example in everything], MOST_PIECES["alarm"]),
        "kinds": {kind: _line(dangers, wanted, MOST_PIECES["head"]) for kind, wanted in of_kind.items() if any(wanted)},
        "other": _line(dangers, [danger.who == "other" for _, danger in told], MOST_PIECES["head"]),
        "acute": {name: _line(dangers, wanted, MOST_PIECES["head"]) for name, wanted in how_soon.items()},
    }


def _embedded(dangers: Sequence[Example], harmless: Sequence[Example]) -> list[Example]:
    """Dangers in the middle of everyday talk: before and behind a sentence that has nothing to do with them."""
    lot = random.Random(0)  # noqa: S311  nothing here is secret
    chosen = [one for one in dangers if lot.random() < EMBEDDED]
    around = [(lot.choice(harmless).row.text, lot.choice(harmless).row.text) for _ in chosen]
    return [
        Example(
            Row(
                f"{before} {one.row.text} {behind}" if lot.random() < 0.5 else f"{before} {one.row.text}",
                one.row.danger,
            ),
            0.5,
        )
        for one, (before, behind) in zip(chosen, around, strict=True)
    ]


def _line(examples: Sequence[Example], wanted: Sequence[bool], most: int) -> dict:
    """One logistic regression: the heaviest pieces in hundredths, and the bias."""
    counts = [Counter(pieces_of(readings(example.row.text)[0])) for example in examples]
    rows_with = Counter(piece for count in counts for piece in count)
    places = {piece: at for at, piece in enumerate(sorted(p for p, rows in rows_with.items() if rows >= FEWEST_ROWS))}
    fitted = LogisticRegression(C=STRENGTH, max_iter=300, class_weight="balanced", solver="liblinear").fit(
        _matrix(counts, places), np.array(wanted), sample_weight=[example.weight for example in examples]
    )
    heaviest = sorted(zip(fitted.coef_[0], places, strict=True), key=lambda one: -abs(one[0]))[:most]
    weights = {piece: round(UNIT * weight) for weight, piece in heaviest}
    return {
        "bias": round(UNIT * fitted.intercept_[0]),
        "weights": {piece: weight for piece, weight in sorted(weights.items()) if weight},
    }


def _matrix(counts: Sequence[Counter[str]], places: dict[str, int]) -> csr_matrix:
    """Rows of counts by the root of their number of pieces, as `features.weigh` has it."""
    cells = [
        (at, places[piece], number / sum(count.values()) ** 0.5)
        for at, count in enumerate(counts)
        for piece, number in count.items()
        if piece in places
    ]
    rows, columns, values = zip(*cells, strict=True)
    return csr_matrix((values, (rows, columns)), shape=(len(counts), len(places)))


def written(kept: dict) -> str:
    """The file's text: one line for each head, pieces in order."""
    return json.dumps(kept, ensure_ascii=False, indent=None, separators=(",", ":")).replace('},"', '},\n"') + "\n"


if __name__ == "__main__":
    main()
