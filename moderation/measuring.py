"""The written lists, and how they are read."""

from dataclasses import dataclass, field
from pathlib import Path

from moderation.danger import Danger, danger_in

LISTS = sorted((Path(__file__).parent / "examples").glob("*.tsv"))


@dataclass(frozen=True)
class Example:
    """A message and what it holds; None where the model may answer."""

    kind: Danger | None
    text: str


@dataclass
class Rates:
    """What came of a list. `caught` has (caught as what it is, all there are) by kind."""

    caught: dict[str, tuple[int, int]] = field(default_factory=dict)
    harmless: int = 0
    false_alarms: int = 0
    wrong: list[tuple[Example, Danger | None]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.harmless + sum(of_kind for _, of_kind in self.caught.values())

    @property
    def right(self) -> int:
        return self.total - len(self.wrong)


def read_examples(path: Path) -> list[Example]:
    """The examples of a list. Raises ValueError for a line without a tab."""
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    pairs = [row.split("\t", 1) for row in rows]
    return [Example(None if kind == "-" else kind, text) for kind, text in pairs]  # type: ignore[arg-type]


def measure(examples: list[Example]) -> Rates:
    """Read every example."""
    rates = Rates()
    for example in examples:
        read_as = danger_in(example.text)
        if example.kind is None:
            rates.harmless += 1
            rates.false_alarms += read_as is not None
        else:
            caught, of_kind = rates.caught.get(example.kind, (0, 0))
            rates.caught[example.kind] = (caught + (read_as == example.kind), of_kind + 1)
        if read_as != example.kind:
            rates.wrong.append((example, read_as))
    return rates
