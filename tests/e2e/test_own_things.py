"""What is kept of a visitor: taken along as a file, and deleted so that nothing is left, here and in other hands."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import kept_replies, last_turn, say, take_the_test, wait_for_reply
from tests.e2e.pictures import keep_pictures

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

WORDS = "면접에서 떨어져서 기운이 없어"


@pytest.fixture
def talker(page: Page) -> Page:
    """A visitor who took the test, spoke with teto, allowed the training, and looks at /privacy/."""
    take_the_test(page)
    page.goto("/chat/teto/")
    say(page, WORDS)
    wait_for_reply(page)
    page.goto("/privacy/")
    page.get_by_label("만 14세 이상이고").check()
    page.get_by_role("button", name="허락하기").click()
    expect(page.get_by_text("지금은 허락한 상태예요.")).to_be_visible()
    return page


def test_everything_comes_along_as_a_file(talker: Page):
    [written] = kept_replies(talker)
    keep_pictures(talker, "own-things")
    with talker.expect_download() as download:
        talker.get_by_role("link", name="내 것 모두 내려받기").click()
    assert download.value.suggested_filename == "egen-teto.json"
    mine = json.loads(download.value.path().read_text())
    [talk], [test] = mine["conversations"], mine["tests"]
    assert [(turn["text"], [reply["text"] for reply in turn["replies"]]) for turn in talk["messages"]] == [
        (WORDS, [written])
    ]
    assert len(test["answers"]) == 12 and test["result"]["egen_percent"] is not None
    assert mine["training_consent_since"]


def test_after_deleting_nothing_is_left_anywhere(talker: Page):
    talker.goto("/chats/")
    talker.locator(".conversation__open").click()
    expect(last_turn(talker)).to_contain_text(WORDS)
    conversation = talker.url
    shared = share(talker)
    was = visitor_cookie(talker)

    talker.goto("/privacy/")
    talker.get_by_label("되돌릴 수 없다는 걸 알아요").check()
    talker.get_by_role("button", name="내 것 모두 지우기").click()
    expect(talker.get_by_role("status")).to_have_text("모두 지웠어요.")
    expect(talker.get_by_text("지금 이 브라우저로 남은 것:")).to_have_text(re.compile(r"^[^1-9]+$"))
    expect(talker.get_by_text("지금은 쓰지 않아요.")).to_be_visible()
    keep_pictures(talker, "nothing-left")

    assert visitor_cookie(talker) is None
    for gone in (conversation, shared):
        answer = talker.goto(gone)
        assert (gone, answer and answer.status) == (gone, 404)
    talker.context.add_cookies([was])  # even with the old cookie nothing comes back
    assert kept_replies(talker) == []
    assert talker.request.get(conversation).status == 404


def share(page: Page) -> str:
    """Make a link to the conversation on the page. Returns its address."""
    page.get_by_role("link", name="나누기").click()
    page.get_by_role("button", name="링크 만들기").click()
    address = page.get_by_label("대화 링크").input_value()
    keep_pictures(page, "sharing-a-talk")
    page.goto(address)
    expect(page.get_by_text(WORDS).last).to_be_visible()
    keep_pictures(page, "a-shared-talk")
    return address


def visitor_cookie(page: Page):
    """The cookie that names the visitor, None where there is none."""
    return next((cookie for cookie in page.context.cookies() if cookie["name"] == "visitor"), None)


def test_a_page_left_open_says_that_its_conversation_is_gone(page: Page):
    page.goto("/chat/egen/")
    other = page.context.new_page()
    other.goto("/privacy/")
    other.get_by_label("되돌릴 수 없다는 걸 알아요").check()
    other.get_by_role("button", name="내 것 모두 지우기").click()
    expect(other.get_by_role("status")).to_have_text("모두 지웠어요.")
    page.get_by_role("textbox", name="메시지").fill("아직 있어?")
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_have_text(re.compile("이 대화는 더 열 수 없어요."))
    expect(page.get_by_role("textbox", name="메시지")).to_have_value("아직 있어?")
