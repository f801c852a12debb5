"""Which day somebody means: 내일, 다음 주 금요일, 12월 3일. In Seoul, where the site's people live."""

import re
from collections.abc import Callable
from datetime import date, timedelta

_WEEKDAYS = "월화수목금토일"
_NEAR = {"오늘": 0, "내일": 1, "낼": 1, "모레": 2, "내일모레": 2, "글피": 3}

DAY = (
    r"(?:(?P<near>오늘|내일모레|내일|낼|모레|글피)"
    r"|(?:(?P<week>이번|담|다음) ?주 ?)?(?P<weekday>[월화수목금토일])요일"
    r"|(?P<month>1[0-2]|[1-9])월 ?(?P<of_month>3[01]|[12]\d|[1-9])일"
    r"|(?P<later>\d{1,2})일 ?(?:뒤|후))"
)


def day_meant(found: re.Match[str], today: date) -> date | None:
    """The day of a match of DAY; None where there is no such day, or where it is past."""
    for group, read in _READERS.items():
        if found[group]:
            return read(found, today)
    return None


def _near(found: re.Match[str], today: date) -> date:
    return today + timedelta(days=_NEAR[found["near"]])


def _weekday(found: re.Match[str], today: date) -> date | None:
    ahead = _WEEKDAYS.index(found["weekday"]) - today.weekday()
    if found["week"] in ("다음", "담"):
        return today + timedelta(days=ahead + 7)
    if found["week"]:
        return today + timedelta(days=ahead) if ahead >= 0 else None
    return today + timedelta(days=ahead if ahead > 0 else ahead + 7)


def _month(found: re.Match[str], today: date) -> date | None:
    """This year's, or next year's where that is past."""
    for year in (today.year, today.year + 1):
        try:
            day = date(year, int(found["month"]), int(found["of_month"]))
        except ValueError:  # 30 February
            continue
        if day >= today:
            return day
    return None


def _later(found: re.Match[str], today: date) -> date:
    return today + timedelta(days=int(found["later"]))


_READERS: dict[str, Callable[[re.Match[str], date], date | None]] = {
    "near": _near,
    "weekday": _weekday,
    "month": _month,
    "later": _later,
}
