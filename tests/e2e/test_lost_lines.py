"""A line that is lost under a running reply, loudly or without a word: the page says so quietly and catches up."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.pages import (
    LONG_STORY,
    expect_last_reply,
    kept_replies,
    last_turn,
    say,
    wait_for_reply,
    wait_for_the_end,
)
from tests.e2e.pictures import keep_pictures

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

LOST = "연결이 끊겼어요. 다시 잇는 중이에요."

# What a page sees of a phone in a pocket.
HIDES = """
() => {
  Object.defineProperty(document, "hidden", {configurable: true, value: true});
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
WAKES_TEN_MINUTES_LATER = """
() => {
  const now = Date.now();
  Date.now = () => now + 600_000;
  Object.defineProperty(document, "hidden", {configurable: true, value: false});
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


def test_offline_in_mid_reply_is_said_and_made_good(rambler: Page):
    rambler.context.set_offline(True)
    expect(rambler.locator("#connection")).to_contain_text(LOST, timeout=15_000)
    keep_pictures(rambler, "offline")
    rambler.context.set_offline(False)
    expect(rambler.locator("#connection")).to_be_hidden(timeout=15_000)
    wait_for_the_end(rambler)
    [kept] = kept_replies(rambler)
    expect_last_reply(rambler, kept)


def test_what_is_sent_offline_leaves_when_the_line_is_back(page: Page):
    page.goto("/chat/teto/")
    say(page, "안녕")
    wait_for_reply(page)
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text(LOST, timeout=15_000)
    page.get_by_role("textbox", name="메시지").fill("지하철에서 쓴 말")
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_contain_text("이어지는 대로 보낼게요")
    expect(page.get_by_role("textbox", name="메시지")).to_have_value("지하철에서 쓴 말")
    page.context.set_offline(False)
    expect(last_turn(page)).to_contain_text("지하철에서 쓴 말", timeout=15_000)
    expect(page.get_by_role("textbox", name="메시지")).to_have_value("")


def test_a_phone_that_slept_ten_minutes_shows_what_was_written_meanwhile(page: Page, rambling: None):
    """Its socket died without a word: it still looks open, and nothing comes."""
    lines = dying_lines(page)
    page.goto("/chat/rambler/")
    say(page, LONG_STORY)
    expect(last_turn(page).locator(".reply__text")).to_have_text(re.compile(r"\S{2,}"))
    page.evaluate(HIDES)
    lines[-1].is_dead = True
    page.evaluate(WAKES_TEN_MINUTES_LATER)
    wait_for_the_end(page)
    assert len(lines) == 2
    expect(page.locator("#connection")).to_be_hidden()
    [kept] = kept_replies(page)
    expect_last_reply(page, kept)


class Line:
    """A socket whose server the page may stop hearing, as when the network between them has forgotten it."""

    def __init__(self, route: WebSocketRoute) -> None:
        self.is_dead = False
        server = route.connect_to_server()
        server.on_message(lambda message: None if self.is_dead else route.send(message))
        route.on_message(lambda message: None if self.is_dead else server.send(message))
        server.on_close(lambda code, reason: None if self.is_dead else route.close(code=code, reason=reason))


def dying_lines(page: Page) -> list[Line]:
    """A list that fills with the sockets that the page opens."""
    lines: list[Line] = []
    page.route_web_socket(re.compile("/ws/chat/"), lambda route: lines.append(Line(route)))
    return lines
