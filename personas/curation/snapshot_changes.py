"""What came into a training set and what went, from one snapshot's file to another's."""

import json
from dataclasses import dataclass
from typing import Any

from personas.curation.models import PreferencePair
from personas.registry.models import DatasetSnapshot
from personas.thumbs.models import Thumb

Key = tuple[str, int]  # "pair" or "thumb", and which one


@dataclass(frozen=True)
class Row:
    """A row as it stands in the file. `now` says what has become of its pair or thumb since.

    A thumb's reply is the chosen one where it went up and the rejected one where it went down; there is no other.
    """

    key: Key
    question: str
    chosen: str
    rejected: str
    now: str

    @property
    def is_thumb(self) -> bool:
        """Whether one reply was judged, and not two compared."""
        return self.key[0] == "thumb"

    @property
    def number(self) -> int:
        """The pair's or the thumb's."""
        return self.key[1]


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
        came=[_row(key, line, now) for key, line in later.items() if key not in earlier],
        went=[_row(key, line, now) for key, line in earlier.items() if key not in later],
        changed=[_row(key, line, now) for key, line in later.items() if key in earlier and earlier[key] != line],
        kept=sum(earlier.get(key) == line for key, line in later.items()),
    )


def _lines(snapshot: DatasetSnapshot) -> dict[Key, dict[str, Any]]:
    rows = (json.loads(line) for line in snapshot.file.read_text(encoding="utf-8").splitlines())
    return {("thumb", row["thumb"]) if "thumb" in row else ("pair", row["pair"]): row for row in rows}


def _row(key: Key, line: dict[str, Any], now: dict[Key, str]) -> Row:
    chosen, rejected = _replies(line)
    return Row(key, line["prompt"][-1]["content"], chosen, rejected, now.get(key, "gone"))


def _replies(line: dict[str, Any]) -> tuple[str, str]:
    """The reply that a row calls good and the one that it calls bad; a thumb's row has one of them."""
    if "label" in line:
        judged = line["completion"][-1]["content"]
        return (judged, "") if line["label"] else ("", judged)
    return line["chosen"][-1]["content"], line["rejected"][-1]["content"]


def _whereabouts(keys: list[Key]) -> dict[Key, str]:
    """By row: its status, "withdrawn" where its visitor no longer consents; nothing where it was deleted."""
    now: dict[Key, str] = {}
    for kind, model in (("pair", PreferencePair), ("thumb", Thumb)):
        found = model.objects.filter(pk__in=[number for of, number in keys if of == kind]).select_related("visitor")
        for row in found:
            now[kind, row.pk] = row.status if row.may_train else "withdrawn"
    return now
