"""Two tabs of one conversation show the same, whichever of them it began in."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import LONG_STORY, expect_last_reply, kept_replies, last_turn, say, wait_for_the_end
from tests.e2e.pictures import keep_pictures

pytestmark = [pytest.mark.browser, pytest.mark.real_model]


@pytest.fixture
def tabs(page: Page, rambling: None) -> Iterator[tuple[Page, Page]]:
    """Both with the same conversation, in which nothing was said yet."""
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto("/chat/rambler/")
    yield page, other
    other.close()


def test_what_is_sent_in_one_tab_is_written_in_both(tabs: tuple[Page, Page]):
    first, second = tabs
    say(first, LONG_STORY)
    expect(last_turn(second).locator(".said")).to_contain_text(LONG_STORY)
    expect(last_turn(second).locator(".reply__text")).to_have_text(re.compile(r"\S{2,}"))
    keep_pictures(second, "words-come")
    for tab in tabs:
        wait_for_the_end(tab)
        [kept] = kept_replies(tab)
        expect_last_reply(tab, kept)


def test_the_other_tab_stops_it_and_goes_on(tabs: tuple[Page, Page]):
    first, second = tabs
    say(first, LONG_STORY)
    expect(last_turn(second).locator(".reply__text")).to_have_text(re.compile(r"\S{2,}"))
    second.get_by_role("button", name="멈추기").click()
    for tab in tabs:
        wait_for_the_end(tab)
        expect(last_turn(tab)).to_contain_text("여기서 멈췄어요.")
    [stopped] = kept_replies(first)
    expect_last_reply(first, stopped)
    expect_last_reply(second, stopped)
    say(second, "이제 짧게 말해 줘")
    expect(first.get_by_role("log").get_by_role("article")).to_have_count(2)
    expect(last_turn(first).locator(".said")).to_contain_text("이제 짧게 말해 줘")
    first.get_by_role("button", name="멈추기").click()
    wait_for_the_end(second)
