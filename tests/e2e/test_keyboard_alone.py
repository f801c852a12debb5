"""Without a mouse: from the start page to a message, its stop, and a vote."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.pages import expect_last_reply, kept_replies, last_turn, say, wait_for_reply
from tests.e2e.pictures import keep_pictures

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

TABS = 40  # no page has more stops on the way

# Whoever cannot see where they are is lost: where the focus stands there is an outline, on it or around it.
IS_MARKED = """
() => [document.activeElement, document.activeElement.closest(":has(:focus-visible)")]
  .some(element => getComputedStyle(element).outlineStyle !== "none")
"""
CHOICES = {"1": "A가 좋아요", "2": "B가 좋아요", "3": "비슷해요", "4": "둘 다 별로예요"}


@pytest.fixture
def desk(page: Page) -> Page:
    """A visitor before a large screen, whose mouse does nothing."""
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Go on with the key until this has the focus; every stop on the way is marked."""
    for _ in range(TABS):
        page.keyboard.press(key)
        assert page.evaluate(IS_MARKED), page.evaluate("document.activeElement.outerHTML")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{TABS} times {key} did not lead to {wanted}")


def test_from_the_start_page_to_a_message_that_is_stopped(desk: Page, rambling: None):
    desk.goto("/")
    keep_pictures(desk, "start-page")
    tab_to(desk, desk.get_by_role("link", name="본문으로 가기"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.locator(".door--egen"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("에겐이")
    keep_pictures(desk, "empty-talk")

    tab_to(desk, desk.get_by_role("textbox", name="메시지"))
    desk.keyboard.type("오늘 하루가 너무 길었어")
    desk.keyboard.press("Enter")
    expect(last_turn(desk).locator(".said")).to_contain_text("오늘 하루가 너무 길었어")
    wait_for_reply(desk)
    expect_last_reply(desk, kept_replies(desk)[-1])
    expect(desk.get_by_role("textbox", name="메시지")).to_be_focused()


def test_a_reply_is_stopped_and_written_again(desk: Page, rambling: None):
    desk.goto("/chat/rambler/")
    desk.get_by_role("textbox", name="메시지").focus()
    desk.keyboard.type("길게 말해 줘")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="멈추기")).to_be_visible()
    tab_to(desk, desk.get_by_role("button", name="멈추기"), key="Shift+Tab")
    desk.keyboard.press("Enter")
    expect(last_turn(desk)).to_contain_text("여기서 멈췄어요.")
    tab_to(desk, last_turn(desk).get_by_role("button", name="다시 쓰기"), key="Shift+Tab")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="멈추기").press("Enter")
    expect(last_turn(desk).get_by_role("group", name="다른 답")).to_contain_text("2/2")


def test_each_of_the_four_keys_is_a_vote(desk: Page):
    desk.goto("/chat/egen/")
    for key, words in CHOICES.items():
        say(desk, f"고민이 {key}개 있어")
        wait_for_reply(desk)
        last_turn(desk).get_by_role("button", name="다른 답 보기").press("Enter")
        expect(desk.get_by_role("button", name=words)).to_be_visible(timeout=60_000)
        if key == "1":
            keep_pictures(desk, "two-answers")
        desk.get_by_role("textbox", name="메시지").focus()
        desk.keyboard.type(key)  # a figure in a message is no vote
        desk.keyboard.press("Escape")
        desk.keyboard.press(key)
        expect(last_turn(desk)).to_contain_text(f"‘{words}’를 골랐어요. 고마워요!")
        expect(last_turn(desk).locator(".vote__thanks")).to_be_focused()
        desk.get_by_role("textbox", name="메시지").fill("")
    votes = desk.request.get("/privacy/download/").json()["votes"]
    assert [vote["choice"] for vote in votes] == list(CHOICES.values())
