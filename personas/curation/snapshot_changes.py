"""What came into a training set and what went, from one snapshot's file to another's."""

import json
from dataclasses import dataclass
from typing import Any

from personas.curation.models import PreferencePair
from personas.registry.models import DatasetSnapshot


@dataclass(frozen=True)
class Row:
    """A row as it stands in the file. `now` says what has become of its pair since."""

    pair: int
    question: str
    chosen: str
    rejected: str
    now: str


@dataclass(frozen=True)
class Changes:
    """Rows by what happened to them. A reworded row is in `changed` as it reads afterwards."""

    came: list[Row]
    went: list[Row]
    changed: list[Row]
    kept: int


def snapshot_changes(before: DatasetSnapshot, after: DatasetSnapshot) -> Changes:
    """Compare two snapshots by their files, which never change.

    Raises OSError where a file is gone; making the same snapshot again writes it anew.
    """
    earlier, later = _lines(before), _lines(after)
    now = _whereabouts([*earlier, *later])
    return Changes(
        came=[_row(pair, line, now) for pair, line in later.items() if pair not in earlier],
        went=[_row(pair, line, now) for pair, line in earlier.items() if pair not in later],
        changed=[_row(pair, line, now) for pair, line in later.items() if pair in earlier and earlier[pair] != line],
        kept=sum(earlier.get(pair) == line for pair, line in later.items()),
    )


def _lines(snapshot: DatasetSnapshot) -> dict[int, dict[str, Any]]:
    rows = (json.loads(line) for line in snapshot.file.read_text(encoding="utf-8").splitlines())
    return {row["pair"]: row for row in rows}


def _row(pair: int, line: dict[str, Any], now: dict[int, str]) -> Row:
    question, chosen, rejected = (line[name][-1]["content"] for name in ("prompt", "chosen", "rejected"))
    return Row(pair, question, chosen, rejected, now.get(pair, "gone"))


def _whereabouts(pairs: list[int]) -> dict[int, str]:
    """By pair: its status, "withdrawn" where its visitor no longer consents; nothing where it was deleted."""
    found = PreferencePair.objects.filter(pk__in=pairs).select_related("visitor")
    return {pair.pk: pair.status if pair.may_train else "withdrawn" for pair in found}
