"""A fact about a visitor, and how a list of them changes. Plain values: no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST_VALUE = 20  # characters
A_PLAN_IS_OVER = timedelta(days=7)  # after its day; until then one can be asked how it went


class Kind(StrEnum):
    """What a fact is about."""

    NAME = "name"
    PET = "pet"
    PLAN = "plan"
    LIKING = "liking"
    JOB = "job"
    PLACE = "place"


MOST = {Kind.NAME: 1, Kind.PET: 3, Kind.PLAN: 3, Kind.LIKING: 3, Kind.JOB: 1, Kind.PLACE: 1}


@dataclass(frozen=True)
class Fact:
    """One thing told: `Fact(Kind.PET, "고양이 콩이")`. A plan has the day on which it is, in Seoul."""

    kind: Kind
    value: str
    day: date | None = None

    def is_over(self, today: date) -> bool:
        """Whether it is a plan that nobody asks about any more."""
        return self.day is not None and self.day + A_PLAN_IS_OVER < today

    def said(self, today: date) -> str:
        """The fact in words, a plan as one would say it on this day: `내일 면접`."""
        return self.value if self.day is None else f"{day_said(self.day, today)} {self.value}"


@dataclass(frozen=True)
class Told:
    """The visitor told a fact. With `corrects`, it counts only where that is their name until now."""

    fact: Fact
    corrects: str = ""


@dataclass(frozen=True)
class Erased:
    """The visitor wants something forgotten: one value, without a value all of a kind, without a kind everything."""

    kind: Kind | None = None
    value: str = ""


@dataclass(frozen=True)
class PetNamed:
    """A bare "이름은 나비야". It counts where the newest fact is a pet without a name."""

    name: str


Change = Told | Erased | PetNamed

_ONE = " 한 마리"
_DAYS_NEAR = {-1: "어제", 0: "오늘", 1: "내일", 2: "모레"}


def day_said(day: date, today: date) -> str:
    """A day as one says it: `내일`, and further away `12월 3일`."""
    return _DAYS_NEAR.get((day - today).days) or f"{day.month}월 {day.day}일"


def changed(known: Iterable[Fact], changes: Iterable[Change], today: date) -> list[Fact]:
    """The facts known after these changes, oldest first. Of each kind the newest few stay; plans that are over go."""
    facts = [fact for fact in known if not fact.is_over(today)]
    for change in changes:
        match change:
            case Told():
                facts = _told(facts, change)
            case Erased():
                facts = _erased(facts, change)
            case PetNamed(name):
                facts = _pet_named(facts, name)
    return facts


def _pet_named(facts: list[Fact], name: str) -> list[Fact]:
    if not facts or facts[-1].kind != Kind.PET:
        return facts
    pet = facts[-1].value.removesuffix(_ONE)
    return facts if " " in pet else [*facts[:-1], Fact(Kind.PET, f"{pet} {name}")]


def _told(facts: list[Fact], told: Told) -> list[Fact]:
    new = told.fact
    if told.corrects and Fact(Kind.NAME, told.corrects) not in facts:
        return facts
    facts = [fact for fact in facts if fact != new and not _says_more(new, fact)]
    if any(_says_more(fact, new) for fact in facts):
        return facts
    of_kind = [fact for fact in facts if fact.kind == new.kind]
    too_many = of_kind[: max(len(of_kind) + 1 - MOST[new.kind], 0)]
    return [*(fact for fact in facts if fact not in too_many), new]


def _says_more(fact: Fact, other: Fact) -> bool:
    """`고양이 콩이` says all that `고양이` does."""
    return fact.kind == other.kind == Kind.PET and fact.value.startswith(f"{other.value} ")


def _erased(facts: list[Fact], erased: Erased) -> list[Fact]:
    return [
        fact
        for fact in facts
        if (erased.kind and fact.kind != erased.kind)
        or (erased.value and not f" {fact.value} ".endswith(f" {erased.value} "))
    ]
