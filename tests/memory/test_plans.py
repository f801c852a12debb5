"""A plan is said as one would say it on the day of the reply, and is over a week after its own."""

from datetime import timedelta

import pytest

from personas.memory.facts import Fact, Kind
from tests.memory.telling import SATURDAY, told

TOMORROW = SATURDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("days_later", "words"), [(0, "내일 면접"), (1, "오늘 면접"), (2, "어제 면접"), (4, "11월 29일 면접")]
)
def test_a_plan_comes_nearer_and_passes(days_later, words):
    assert Fact(Kind.PLAN, "면접", TOMORROW).said(SATURDAY + timedelta(days=days_later)) == words


def test_a_week_after_its_day_a_plan_is_over():
    plan = Fact(Kind.PLAN, "면접", TOMORROW)
    assert not plan.is_over(TOMORROW + timedelta(days=7))
    assert plan.is_over(TOMORROW + timedelta(days=8))


def test_a_plan_that_is_called_off_goes():
    assert told("내일 최종 면접 있어", "모레 발표 있어", "내일 면접 취소됐어") == [("plan", "모레 발표")]
