"""Egen and teto in one chat, as a visitor meets them: the own blend, the slider by keyboard, auto, the arena."""

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.pages import last_turn, say, take_the_test, wait_for_reply
from tests.e2e.pictures import keep_pictures


def test_from_the_result_to_an_ai_like_oneself_and_along_the_slider_by_keyboard(page: Page):
    take_the_test(page)
    page.get_by_role("link", name="나랑 닮은 AI랑 얘기하기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("나를 닮은 AI")
    slider = page.get_by_role("slider", name="에겐과 테토를 섞는 비율")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("#chat-head")).to_contain_text("에겐 100% · 테토 0%")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "에겐 96% · 테토 4%")
    expect(page.locator("#chat-head")).to_contain_text("에겐 96% · 테토 4%")
    expect(slider).to_be_focused()
    page.reload()
    expect(page.get_by_role("slider")).to_have_value("4")
    say(page, "오늘 배포하다 장애 냈어")
    wait_for_reply(page)
    expect(last_turn(page).locator(".reply__speaker")).to_contain_text("에겐 96% · 테토 4%")
    keep_pictures(page, "blend")


def test_a_slider_that_was_moved_before_its_script_came_is_heard(page: Page):
    def move_first(script: Route) -> None:
        page.get_by_role("slider").press("Home")
        script.continue_()

    page.route(re.compile(r"/blend\.[^/]*js"), move_first)
    page.goto("/chat/blend/")
    expect(page.locator("#chat-head")).to_contain_text("에겐 100% · 테토 0%")
    page.reload()
    expect(page.get_by_role("slider")).to_have_value("0")


def test_whoever_suits_the_message_answers(page: Page):
    page.goto("/chat/auto/")
    for message, speaker in (
        ("오늘 너무 속상해서 혼자 울었어ㅠㅠ", "에겐이"),
        ("내일까지 뭐부터 해야 돼? 순서 정해 줘", "테토"),
    ):
        say(page, message)
        expect(last_turn(page).locator(".reply__speaker")).to_contain_text(speaker)
        wait_for_reply(page)
    keep_pictures(page, "auto")


def test_in_the_arena_both_answer_and_the_pair_is_a_picture(page: Page):
    page.goto("/arena/")
    say(page, "이직할까 말까 고민이야")
    picture_link = page.get_by_role("link", name="그림으로 나누기")
    expect(picture_link).to_be_visible(timeout=60_000)
    keep_pictures(page, "arena")
    picture_link.click()
    picture = page.get_by_role("img", name=re.compile("이직할까 말까 고민이야.*AI 캐릭터가 쓴 답이에요"))
    expect(picture).to_be_visible()
    assert picture.evaluate("async (img) => (await img.decode(), img.naturalWidth)") == 1080
    with page.expect_download() as download:
        page.get_by_role("link", name="그림 저장").click()
    assert download.value.suggested_filename == "egen-vs-teto.png"
