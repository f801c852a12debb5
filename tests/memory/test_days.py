"""Which day a plan is on. Today is Saturday, 28 November 2026."""

from datetime import date

import pytest

from tests.memory.telling import facts


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("오늘", date(2026, 11, 28)),
        ("내일", date(2026, 11, 29)),
        ("모레", date(2026, 11, 30)),
        ("월요일에", date(2026, 11, 30)),
        ("토요일에", date(2026, 12, 5)),
        ("이번 주 일요일에", date(2026, 11, 29)),
        ("다음 주 월요일에", date(2026, 11, 30)),
        ("다음주 금요일", date(2026, 12, 4)),
        ("12월 3일에", date(2026, 12, 3)),
        ("1월 2일에", date(2027, 1, 2)),
        ("10일 뒤에", date(2026, 12, 8)),
    ],
)
def test_the_day_is_kept_as_a_date(said, day):
    [plan] = facts(f"나 {said} 면접 있어")
    assert (plan.value, plan.day) == ("면접", day)


@pytest.mark.parametrize("said", ["2월 30일에", "13월 1일에", "이번 주 월요일에", "언젠가"])
def test_a_day_that_is_none_or_past_makes_no_plan(said):
    assert facts(f"나 {said} 면접 있어") == []
