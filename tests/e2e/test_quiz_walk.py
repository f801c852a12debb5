"""The test as people take it, in a real browser: on phones and desktops, back and forth, interrupted, unscripted."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pictures import keep_screenshot

QUESTIONS = 12
PHONE, DESKTOP = 390, 1280


def begin(page: Page, slug: str = "developer") -> None:
    page.goto(f"/quiz/{slug}/")
    page.get_by_role("button", name="테스트 시작").click()
    at_question(page, 1)


def at_question(page: Page, number: int) -> None:
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", str(number))


def answers(page: Page):
    return page.locator("button[name=answer]")


def answer(page: Page, number: int, place: int = 0) -> None:
    """Tap an answer of this question, and wait for what follows."""
    at_question(page, number)
    answers(page).nth(place).click()
    if number < QUESTIONS:
        at_question(page, number + 1)
    else:
        page.wait_for_url(re.compile("/r/"))


def shares_on(page: Page) -> list[int]:
    return [int(text.rstrip("%")) for text in page.locator(".scale__figures strong").all_inner_texts()]


def assert_nothing_sticks_out(page: Page) -> None:
    """Nobody scrolls sideways."""
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond == 0, f"{page.url} is {beyond} px wider than the screen"


@pytest.mark.parametrize(
    ("slug", "width", "scheme"),
    [
        ("developer", PHONE, "light"),
        ("general", PHONE, "dark"),
        ("developer", DESKTOP, "dark"),
        ("general", DESKTOP, "light"),
    ],
)
def test_a_whole_walk_ends_at_a_result_that_sums_to_100(visitor, slug, width, scheme):
    page = visitor(width, scheme)
    begin(page, slug)
    assert_nothing_sticks_out(page)
    keep_screenshot(page, f"question-{slug}-{width}-{scheme}")
    for number in range(1, QUESTIONS + 1):
        answer(page, number, place=number % 2)
    expect(page.get_by_role("button", name="공유하기")).to_be_visible()
    assert sum(shares_on(page)) == 100
    assert_nothing_sticks_out(page)
    keep_screenshot(page, f"result-owner-{slug}-{width}-{scheme}")


def test_going_back_keeps_the_answers(visitor):
    page = visitor()
    begin(page)
    scenes = []
    for number in (1, 2, 3):
        scenes.append(page.locator("#scene").inner_text())
        answer(page, number, place=1)
    page.get_by_role("link", name="이전").click()
    at_question(page, 3)
    page.get_by_role("link", name="이전").click()
    at_question(page, 2)
    expect(page.locator("#scene")).to_have_text(scenes[1])
    expect(answers(page).nth(1)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="다음").click()
    at_question(page, 3)
    expect(answers(page).nth(1)).to_have_attribute("aria-pressed", "true")


def test_the_browsers_back_button_shows_the_answer_given_and_another_may_be_given(visitor):
    page = visitor()
    begin(page)
    answer(page, 1)
    answer(page, 2)
    page.go_back()
    at_question(page, 2)
    expect(answers(page).first).to_have_attribute("aria-pressed", "true")
    answer(page, 2, place=1)
    page.get_by_role("link", name="이전").click()
    at_question(page, 2)
    expect(answers(page).nth(1)).to_have_attribute("aria-pressed", "true")
    expect(answers(page).first).to_have_attribute("aria-pressed", "false")


def test_a_double_tap_counts_once(visitor):
    page = visitor()
    begin(page)
    scene = page.locator("#scene").inner_text()
    answers(page).first.dblclick()
    at_question(page, 2)
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.reload()
    at_question(page, 2)
    page.get_by_role("link", name="이전").click()
    at_question(page, 1)
    expect(page.locator("#scene")).to_have_text(scene)
    expect(page.locator("button[name=answer][aria-pressed=true]")).to_have_count(1)


def test_who_closed_the_tab_goes_on_where_they_were(visitor):
    page = visitor()
    begin(page)
    for number in (1, 2, 3):
        answer(page, number)
    context = page.context
    page.close()
    again = context.new_page()
    again.goto("/quiz/developer/")
    again.get_by_role("button", name="4번부터 이어서 하기").click()
    at_question(again, 4)


def test_the_keyboard_suffices(visitor):
    page = visitor(DESKTOP)
    begin(page)
    answers(page).first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    at_question(page, 2)
    page.get_by_role("link", name="이전").click()
    expect(answers(page).nth(1)).to_have_attribute("aria-pressed", "true")


def test_without_javascript_the_whole_test_leads_to_its_result(visitor):
    page = visitor(scripts=False)
    begin(page, "general")
    for number in range(1, QUESTIONS + 1):
        answer(page, number)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert sum(shares_on(page)) == 100
    expect(page.locator("[data-share-link]").first).to_have_value(page.url)
    expect(page.get_by_role("button", name="그림으로 공유")).to_be_hidden()
    keep_screenshot(page, "result-no-javascript")
