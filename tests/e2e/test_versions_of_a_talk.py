"""An answer written again and a message said in other words: both versions stay, and one leafs between them."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import expect_last_reply, kept_replies, last_turn, say, wait_for_reply
from tests.e2e.pictures import keep_pictures

pytestmark = [pytest.mark.browser, pytest.mark.real_model]


@pytest.fixture
def talk(page: Page) -> Page:
    """A talk of one message."""
    page.goto("/chat/teto/")
    say(page, "퇴근하고 운동 갈까?")
    wait_for_reply(page)
    return page


def test_an_answer_written_again_stands_beside_the_first(talk: Page):
    last_turn(talk).get_by_role("button", name="다시 쓰기").click()
    answers = last_turn(talk).get_by_role("group", name="다른 답")
    expect(answers).to_contain_text("2/2")
    wait_for_reply(talk)
    first, second = kept_replies(talk)
    expect_last_reply(talk, second)

    answers.get_by_role("button", name="이전 버전 보기").press("ArrowLeft")
    expect(answers).to_contain_text("1/2")
    expect_last_reply(talk, first)
    expect(answers.get_by_role("button", name="이전 버전 보기")).to_be_focused()
    talk.reload()
    expect(answers).to_contain_text("1/2")
    expect_last_reply(talk, first)


def test_a_message_in_other_words_begins_another_path(talk: Page):
    say(talk, "무릎이 좀 아파")
    wait_for_reply(talk)
    turns = talk.get_by_role("log").get_by_role("article")
    turns.first.get_by_role("button", name="고쳐 쓰기").click()
    field = talk.get_by_role("textbox", name="메시지")
    expect(field).to_have_value("퇴근하고 운동 갈까?")
    field.fill("퇴근하고 영화 볼까?")
    talk.keyboard.press("Enter")
    expect(last_turn(talk).locator(".said")).to_contain_text("영화 볼까?")
    expect(turns).to_have_count(1)
    wait_for_reply(talk)
    keep_pictures(talk, "another-path")
    expect_last_reply(talk, kept_replies(talk)[-1])

    wordings = turns.first.get_by_role("group", name="고친 말")
    wordings.get_by_role("button", name="이전 버전 보기").click()
    expect(turns).to_have_count(2)
    expect(turns.first.locator(".said")).to_contain_text("운동 갈까?")
    expect(last_turn(talk).locator(".said")).to_contain_text("무릎이 좀 아파")
    wordings.get_by_role("button", name="다음 버전 보기").click()
    expect(turns).to_have_count(1)
    expect(turns.first.locator(".said")).to_contain_text("영화 볼까?")
