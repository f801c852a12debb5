"""What visitors and curators do, in the words on screen."""

import re

from playwright.sync_api import Locator, Page, expect

from personas.chat.markdown import reply_html

LONG_STORY = "옛날이야기를 아주 길게 해 줘"


def take_the_test(page: Page) -> None:
    """From the start page to the result, picking the first answer every time."""
    page.goto("/quiz/developer/")
    page.get_by_role("button", name="테스트 시작").click()
    for _ in range(12):
        before = page.get_by_role("progressbar").get_attribute("aria-valuenow")
        page.locator("form button[name=answer]").first.click()
        page.wait_for_function(
            "before => { const bar = document.querySelector('[role=progressbar]');"
            " return !bar || bar.getAttribute('aria-valuenow') !== before }",
            arg=before,
        )
    page.wait_for_url(re.compile("/r/"))


def say(page: Page, text: str) -> None:
    """Type a message, send it, and wait until it stands in the log."""
    turns = page.get_by_role("log").get_by_role("article")
    before = turns.count()
    page.get_by_role("textbox", name="메시지").fill(text)
    page.get_by_role("button", name="보내기").click()
    expect(turns).to_have_count(before + 1)


def wait_for_the_end(page: Page) -> None:
    """Wait until no reply is being written, however it ended."""
    expect(page.get_by_role("button", name="멈추기")).to_have_count(0, timeout=90_000)


def wait_for_reply(page: Page) -> None:
    """Wait until no reply is being written and the last one can be compared."""
    expect(page.get_by_role("button", name="멈추기")).to_have_count(0, timeout=60_000)
    expect(last_turn(page).get_by_role("button", name="다른 답 보기")).to_be_visible()


def last_turn(page: Page) -> Locator:
    """The newest message with its replies."""
    return page.get_by_role("log").get_by_role("article").last


def last_reply(page: Page) -> str:
    """Text of the newest reply."""
    return last_turn(page).locator('[id^="text-"]').last.inner_text()


def kept_replies(page: Page) -> list[str]:
    """Texts of the visitor's replies as the database has them, oldest first."""
    mine = page.request.get("/privacy/download/").json()
    turns = [turn for talk in mine["conversations"] for turn in talk["messages"]]
    return [reply["text"] for turn in turns for reply in turn["replies"]]


def expect_last_reply(page: Page, text: str) -> None:
    """The newest reply on the page is this text to the last character, drawn as Markdown."""
    drawn = page.evaluate(
        "html => { const place = document.createElement('div'); place.innerHTML = html; return place.innerHTML }",
        reply_html(text),
    )
    assert text and last_turn(page).locator('[id^="text-"]').last.inner_html() == drawn


def count_stream_frames(page: Page) -> list[str]:
    """A list that fills with the socket's frames that carry words of a reply."""
    frames: list[str] = []

    def listen(socket) -> None:
        socket.on("framereceived", lambda data: frames.append(str(data)) if "beforeend" in str(data) else None)

    page.on("websocket", listen)
    return frames
