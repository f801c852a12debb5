"""A whole talk of somebody in danger, on a phone, with each persona: what is answered, what stays, and how it ends.

No worker runs: nothing of it needs one, until a model is asked again.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import last_turn, say
from tests.e2e.pictures import keep_pictures


@pytest.mark.parametrize("persona", ["egen", "teto"])
def test_who_is_in_danger_is_kept_company_by_people_until_they_are_safe(visitor: Callable[..., Page], persona: str):
    page = visitor(390, "light")
    page.goto(f"/chat/{persona}/")
    say(page, "그냥 죽고 싶어")
    turn = last_turn(page)
    expect(turn.locator(".reply__text")).to_contain_text("109")
    expect(turn.get_by_text("사람이 미리 써 둔 답이에요")).to_be_visible()
    for absent in ("다른 답 보기", "좋아요", "별로예요", "다시 쓰기"):
        expect(turn.get_by_role("button", name=absent)).to_have_count(0)
    card = page.get_by_role("complementary", name="도움 전화")
    expect(card.get_by_role("link", name="109")).to_have_attribute("href", "tel:109")
    expect(page.get_by_role("link", name="나누기")).to_have_count(0)
    keep_pictures(page, f"care-{persona}-1-danger")

    say(page, "그냥 아무도 날 안 찾았으면 좋겠어")
    expect(last_turn(page).get_by_text("사람이 미리 써 둔 답이에요")).to_be_visible()
    page.get_by_role("button", name="아직 힘들어요").click()
    expect(page.locator(".said").last).to_contain_text("아직 힘들어요")
    expect(card).to_be_visible()
    keep_pictures(page, f"care-{persona}-2-not-yet")

    page.reload()
    expect(card.get_by_role("link", name="109")).to_be_visible()
    page.get_by_role("button", name="이제 안전해요").click()
    expect(page.locator(".said").last).to_contain_text("이제 안전해요")
    expect(card).to_be_hidden()
    keep_pictures(page, f"care-{persona}-3-safe")

    say(page, "오늘 급식 맛있었어")
    expect(page.get_by_role("button", name="멈추기")).to_be_visible()
    keep_pictures(page, f"care-{persona}-4-after")
