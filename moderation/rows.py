"""The rows by hand that the classifier learns from and is measured on: JSON lines in `moderation/rows/`.

`danger.jsonl` and `test_danger.jsonl`: {"text", "kind", "who", "acute"}. `harmless.jsonl`, `test_harmless.jsonl` and
`quoted.jsonl` (words of danger in songs, films and homework): {"text"}. In `earlier.jsonl`, the rows of the patterns
that stood here before, and in `quoted.jsonl` both shapes may stand. Who wrote the test rows had seen none of the
others, and nobody may tune on them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from moderation.kinds import KINDS, TOLD, WHO, Danger

FOLDER = Path(__file__).parent / "rows"
LEARNED = ("earlier", "danger", "harmless", "quoted")
TEST = ("test_danger", "test_harmless")


class RowInvalid(ValueError):
    """A line that is no row; the message names file, line and what to change."""


@dataclass(frozen=True)
class Row:
    """A message and the danger it holds; None where the model may answer."""

    text: str
    danger: Danger | None


def rows_of(*names: str, folder: Path = FOLDER) -> list[Row]:
    """All rows of these files; a file that is missing has none. Raises RowInvalid."""
    return [row for name in names for row in _read(folder / f"{name}.jsonl")]


def _read(file: Path) -> Iterator[Row]:
    if not file.exists():
        return
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield _row(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise RowInvalid(f"{file.name}, line {number}: {error}") from error


def _row(data: dict[str, str]) -> Row:
    kind = data.get("kind")
    if kind is None:
        return Row(data["text"], None)
    who, acute = data["who"], data["acute"]
    for value, allowed in ((kind, KINDS), (who, WHO), (acute, TOLD)):
        if value not in allowed:
            raise ValueError(f"{value!r} has to be one of {', '.join(allowed)}")
    return Row(data["text"], Danger(kind, who, acute))  # type: ignore[arg-type]
