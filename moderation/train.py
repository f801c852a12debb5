"""`python -m moderation.train`: learn the weights anew from the rows.

scikit-learn learns, here alone: whoever asks `danger_of` needs no library. The same rows give the same file.
"""

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from moderation import thresholds
from moderation.everyday import DATA, chat_messages, everyday_messages
from moderation.features import pieces_of
from moderation.folding import readings
from moderation.kinds import KINDS, TOLD
from moderation.measuring import group_of
from moderation.phrases import phrase_rows
from moderation.rows import LEARNED, Row, rows_of
from moderation.scoring import UNIT, WEIGHTS_FILE, Model, model_from

FOLDS = 5
STRENGTH = 100.0  # scikit-learn's C: among 3, 10, 30 and 100 the best recall on unseen rows at 1 % false alarms
FEWEST_ROWS = 2  # in which a piece must stand to be learned
MOST_PIECES = {"alarm": 24_000, "head": 1_500}  # the heaviest; the file stays readable and below a megabyte
EVERYDAY_WEIGHT = 0.5  # of an everyday message beside one that was written to look like a danger
CHAT_WEIGHT = 0.4  # of one that nobody here has read


@dataclass(frozen=True)
class Example:
    """A row with what it counts."""

    row: Row
    weight: float = 1.0


def main() -> None:
    """Train, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m moderation.train", description=__doc__)
    parser.add_argument(
        "--measure", action="store_true", help="print first what it gives on unseen rows; takes minutes"
    )
    parser.add_argument("--everyday", type=Path, default=DATA, help="folder of what is said on an ordinary day")
    parser.add_argument("--chat", type=Path, help="Chatbot_data's CSV (MIT), whose questions are everyday talk as well")
    wanted = parser.parse_args()
    examples = gather(wanted.everyday, wanted.chat)
    print(f"{len(examples)} rows, {sum(example.row.danger is not None for example in examples)} of them dangers")
    if wanted.measure:
        report(examples)
    WEIGHTS_FILE.write_text(written(learn(examples)), encoding="utf-8")
    print(f"{WEIGHTS_FILE.stat().st_size / 1024:.0f} kB written to {WEIGHTS_FILE}")


def gather(everyday: Path = DATA, chat: Path | None = None) -> list[Example]:
    """The rows by hand, the certain phrases, and the personas' own rows and those of `chat` as what is harmless."""
    by_hand = [Example(row) for row in (*rows_of(*LEARNED), *phrase_rows())]
    own = [Example(Row(text, None), EVERYDAY_WEIGHT) for text in everyday_messages(everyday)]
    return by_hand + own + [Example(Row(text, None), CHAT_WEIGHT) for text in (chat_messages(chat) if chat else [])]


def report(examples: Sequence[Example]) -> None:
    """What models give on the fold that they have not seen, each row read once."""
    unseen: list[Unseen] = []
    for fold in range(FOLDS):
        model = model_from(learn([one for one in examples if fold_of(one.row.text) != fold]))
        unseen += [_read(model, one) for one in examples if fold_of(one.row.text) == fold]
    print("unseen rows, by the classifier alone, without the certain phrases:")
    for name, threshold in (("ALARM", thresholds.ALARM), ("SURE", thresholds.SURE)):
        print(f"from {name} = {threshold:+.2f}")
        for group in sorted({one.group for one in unseen}):
            scores = [one.score for one in unseen if one.group == group]
            print(f"  {group:<22} {np.mean([score >= threshold for score in scores]):7.2%} of {len(scores)}")
    told = [one for one in unseen if one.is_right is not None]
    print(f"kind and person right: {np.mean([one.is_right for one in told]):.1%} of {len(told)}")


@dataclass(frozen=True)
class Unseen:
    """A row as a model read it that had not learned from it."""

    group: str
    score: float
    is_right: bool | None  # whether kind and person were read rightly; None where there is no danger


def _read(model: Model, example: Example) -> Unseen:
    danger = example.row.danger
    score, text = max((model.alarm.score(text), text) for text in readings(example.row.text))
    if danger is None:
        groups = {EVERYDAY_WEIGHT: "everyday", CHAT_WEIGHT: "chat"}
        return Unseen(groups.get(example.weight, "look-alike"), score, None)
    is_other = model.other.score(text) > 0
    is_right = model.kind_of(text) == danger.kind and is_other == (danger.who == "other")
    return Unseen(group_of(danger), score, is_right)


def fold_of(text: str) -> int:
    """Which fold a message is in: by its words, so that a row stays where it is when others come."""
    return zlib.crc32(text.encode()) % FOLDS


def learn(examples: Sequence[Example]) -> dict:
    """All heads, as the file keeps them."""
    dangers = [example for example in examples if example.row.danger]
    told = [(example, example.row.danger) for example in dangers if example.row.danger]
    of_kind = {kind: [danger.kind == kind for _, danger in told] for kind in KINDS}
    how_soon = {acute: [danger.acute == acute for _, danger in told] for acute in TOLD}
    return {
        "alarm": _line(examples, [example.row.danger is not None for example in examples], MOST_PIECES["alarm"]),
        "kinds": {kind: _line(dangers, wanted, MOST_PIECES["head"]) for kind, wanted in of_kind.items() if any(wanted)},
        "other": _line(dangers, [danger.who == "other" for _, danger in told], MOST_PIECES["head"]),
        "acute": {name: _line(dangers, wanted, MOST_PIECES["head"]) for name, wanted in how_soon.items()},
    }


def _line(examples: Sequence[Example], wanted: Sequence[bool], most: int) -> dict:
    """One logistic regression: the heaviest pieces in hundredths, and the bias."""
    counts = [Counter(pieces_of(readings(example.row.text)[0])) for example in examples]
    rows_with = Counter(piece for count in counts for piece in count)
    places = {piece: at for at, piece in enumerate(sorted(p for p, rows in rows_with.items() if rows >= FEWEST_ROWS))}
    rare = np.array(
        [1 + log(len(examples) / rows_with[piece]) for piece in places]
    )  # what stands everywhere says little
    fitted = LogisticRegression(C=STRENGTH, max_iter=300, class_weight="balanced", solver="liblinear").fit(
        _matrix(counts, places).multiply(rare).tocsr(),
        np.array(wanted),
        sample_weight=[example.weight for example in examples],
    )
    heaviest = sorted(zip(fitted.coef_[0] * rare, places, strict=True), key=lambda one: -abs(one[0]))[:most]
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
