"""What a round found: shares by version, how well each two readers agree, and who graded.

A reply counts once, however many read it: of two readers, one of whom calls it good, it is half good. So intervals
follow from the number of replies, and more readers never make them look narrower than they are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from personas.curation.agreement import Agreement, agreement_between
from personas.grading.models import Grade, GradingItem, GradingRound
from personas.ratings.intervals import wilson_interval
from personas.registry.models import Persona


@dataclass(frozen=True)
class Share:
    """A share with Wilson's 95 % interval, all between 0 and 1."""

    value: float
    low: float
    high: float

    @property
    def percents(self) -> tuple[int, int, int]:
        """The share and its interval in whole percents, for pages."""
        return round(100 * self.value), round(100 * self.low), round(100 * self.high)


@dataclass(frozen=True)
class VersionGrades:
    """How one version's replies were graded. `replies` of its `items` have a grade; the shares are None without any."""

    version: str
    persona: Persona
    is_control: bool
    items: int
    replies: int
    readers: int
    good: Share | None
    partly: Share | None
    miss: Share | None
    in_style: Share | None

    @property
    def name(self) -> str:
        """What the version is called in a table; whose replies they are is said where the name does not."""
        slug = self.persona.slug
        return self.version if self.version.startswith(f"{slug}@") else f"{self.version}, {slug}"


@dataclass(frozen=True)
class TwoReaders:
    """How two readers agree, on the grade and on the style."""

    grade: Agreement
    style: Agreement


@dataclass(frozen=True)
class ReaderProgress:
    """How far a reader is."""

    reader: str
    graded: int


@dataclass(frozen=True)
class RoundReport:
    """All of it. Versions come by name, with the control last."""

    round: GradingRound
    items: int
    versions: list[VersionGrades]
    agreements: list[TwoReaders]
    readers: list[ReaderProgress]

    @property
    def has_control(self) -> bool:
        """Whether written replies were mixed in: without, nobody knows what these readers call good."""
        return any(version.is_control for version in self.versions)


def round_report(grading_round: GradingRound) -> RoundReport:
    """What the round found so far; for all to see once it is closed."""
    items = list(grading_round.items.select_related("persona").prefetch_related("grades"))
    by_version: dict[tuple[str, str], list[GradingItem]] = defaultdict(list)
    for item in items:
        by_version[item.version, item.persona.slug].append(item)
    versions = [version_grades(of_version) for of_version in by_version.values()]
    return RoundReport(
        round=grading_round,
        items=len(items),
        versions=sorted(versions, key=lambda one: (one.is_control, one.version, one.persona.slug)),
        agreements=_agreements(items),
        readers=readers_of(items),
    )


def version_grades(items: list[GradingItem]) -> VersionGrades:
    """How the replies of one version were graded, from its items with their grades at hand."""
    grades = [list(item.grades.all()) for item in items]
    graded = [of_item for of_item in grades if of_item]

    def share_of(is_so: Callable[[Grade], bool]) -> Share | None:
        wins = sum(sum(map(is_so, of_item)) / len(of_item) for of_item in graded)
        return Share(wins / len(graded), *wilson_interval(wins, len(graded))) if graded else None

    return VersionGrades(
        version=items[0].version,
        persona=items[0].persona,
        is_control=items[0].is_control,
        items=len(items),
        replies=len(graded),
        readers=len({grade.reader for of_item in graded for grade in of_item}),
        good=share_of(lambda grade: grade.grade == Grade.Mark.GOOD),
        partly=share_of(lambda grade: grade.grade == Grade.Mark.PARTLY),
        miss=share_of(lambda grade: grade.grade == Grade.Mark.MISS),
        in_style=share_of(lambda grade: grade.in_style),
    )


def readers_of(items: Iterable[GradingItem]) -> list[ReaderProgress]:
    """Who graded how many, by name."""
    graded: dict[str, int] = defaultdict(int)
    for item in items:
        for grade in item.grades.all():
            graded[grade.reader] += 1
    return [ReaderProgress(reader, count) for reader, count in sorted(graded.items())]


def _agreements(items: Iterable[GradingItem]) -> list[TwoReaders]:
    """One for each two readers who graded the same replies."""
    both: dict[tuple[str, str], list[tuple[Grade, Grade]]] = defaultdict(list)
    for item in items:
        grades = sorted(item.grades.all(), key=lambda grade: grade.reader)
        for one, other in combinations(grades, 2):
            both[one.reader, other.reader].append((one, other))
    return [
        TwoReaders(
            grade=agreement_between(people, _said(pairs, lambda grade: grade.grade)),
            style=agreement_between(people, _said(pairs, lambda grade: str(grade.in_style))),
        )
        for people, pairs in sorted(both.items())
    ]


def _said(pairs: list[tuple[Grade, Grade]], word: Callable[[Grade], Any]) -> list[tuple[str, str]]:
    return [(word(one), word(other)) for one, other in pairs]
