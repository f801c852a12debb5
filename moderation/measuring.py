"""How often messages are read rightly: on the test rows of danger, and on the written lists of insults."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from moderation.abuse import is_abuse
from moderation.danger import danger_of
from moderation.kinds import Danger
from moderation.rows import Row
from moderation.sexual import is_sexual_about_minors

LISTS = sorted((Path(__file__).parent / "examples").glob("*.tsv"))
OWN_HARM = ("suicide", "self_harm", "overdose")
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True)
class Share:
    """How many of how many, and which ones were not."""

    of: int
    missed: list[str]

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return 1 - len(self.missed) / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, which holds near 0 and 1 too."""
        middle = (self.value + Z**2 / (2 * self.of)) / (1 + Z**2 / self.of)
        half = sqrt(self.value * (1 - self.value) / self.of + Z**2 / (4 * self.of**2)) * Z / (1 + Z**2 / self.of)
        return middle - half, middle + half

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.of - len(self.missed)} of {self.of}, {self.value:.1%} ({low:.1%} to {high:.1%})"


def is_heard(row: Row, read_as: Danger | None) -> bool:
    """Whether somebody in danger is helped: a question helps, but not where it happens now."""
    is_now = row.danger is not None and row.danger.acute == "now"
    return read_as is not None and not (is_now and read_as.acute == "ask")


def recalls(rows: Iterable[Row]) -> dict[str, Share]:
    """How many dangers are heard: one's own harm, then each kind of the rest and those of others."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.danger is not None:
            groups.setdefault(group_of(row.danger), []).append(row)
    return {name: _share(groups[name], lambda row: is_heard(row, danger_of(row.text))) for name in sorted(groups)}


def group_of(danger: Danger) -> str:
    """How recalls are told: one's own harm first, since most depends on it."""
    if danger.kind in OWN_HARM:
        return "own harm" if danger.who == "self" else "somebody else's harm"
    return danger.kind


def false_alarms(texts: Iterable[str]) -> Share:
    """How many harmless messages are let alone."""
    return _share([Row(text, None) for text in texts], lambda row: danger_of(row.text) is None)


def kinds_right(rows: Iterable[Row]) -> Share:
    """Of the dangers that are heard, how many get the answers of their kind and person."""
    heard = [(row.text, row.danger, found) for row in rows if row.danger and (found := danger_of(row.text))]
    wrong = [text for text, told, found in heard if (told.kind, told.who) != (found.kind, found.who)]
    return Share(len(heard), wrong)


def _share(rows: list[Row], is_right: Callable[[Row], bool]) -> Share:
    return Share(len(rows), [row.text for row in rows if not is_right(row)])


@dataclass(frozen=True)
class Example:
    """A line of the lists of insults: `abuse`, `minors`, or None for what only looks alike."""

    kind: str | None
    text: str


def read_examples(path: Path) -> list[Example]:
    """The examples of a list. Raises ValueError for a line without a tab."""
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    pairs = [row.split("\t", 1) for row in rows]
    return [Example(None if kind == "-" else kind, text) for kind, text in pairs]


def read_as(text: str) -> str | None:
    """What the patterns make of a message: `minors`, `abuse`, or None."""
    if is_sexual_about_minors(text):
        return "minors"
    return "abuse" if is_abuse(text) else None


def examples_right(examples: Iterable[Example]) -> Share:
    """How many lines of a list are read rightly."""
    examples = list(examples)
    return Share(len(examples), [example.text for example in examples if read_as(example.text) != example.kind])
