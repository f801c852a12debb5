"""A reader grades a round with the keyboard alone, in a real browser, on a slow line and on none. No model speaks."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.pictures import SCHEMES, keep_screenshot
from tests.e2e.site import Site
from tests.e2e.staff import at_the_desk

REPLIES = 24
SLOW_MS = 400
SEED = f"""
import json
from django.contrib.auth.models import User
from personas.grading.rows import replies_read
from personas.grading.services import round_make
User.objects.create_superuser("reader", password="a long password of the tests")
rows = [dict(
    messages=[dict(role="user", content="나 오늘 면접 봤어"), dict(role="assistant", content="고생했어. 어땠어?"),
              dict(role="user", content=f"마지막 질문 {{n}}번에서 얼어버렸어")],
    reply=f"{{n}}번 질문이 오래 남았구나ㅠㅠ 그래도 끝까지 답했잖아. 오늘은 맛있는 거 먹자~",
    persona="egen", version=("written", "egen@v1", "try", "egen@v1")[n % 4]) for n in range({REPLIES})]
round_make(name="6월", rows=replies_read(map(json.dumps, rows)), seed=5)
"""
GRADES = """
import json
from personas.grading.models import Grade
print(json.dumps([[g.item.number, g.grade, g.in_style] for g in Grade.objects.select_related("item")]))
"""


@pytest.fixture(scope="module")
def grading_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web process with a round that waits."""
    with Site.of_web_alone(tmp_path_factory.mktemp("grading"), SEED) as running:
        yield running


@pytest.fixture
def reading(browser: Browser, grading_site: Site) -> Iterator[Page]:
    """The round before a reader who has logged in, none of it graded; a complaint of its scripts fails the test."""
    grading_site.shell("from personas.grading.models import Grade; Grade.objects.all().delete()")
    with at_the_desk(browser, grading_site, "reader", "/admin/grading/gradinground/1/read/", height=800) as page:
        expect(page.locator("[data-reading]")).to_be_visible()
        yield page


def shown(page: Page) -> int:
    """The number of the reply on the screen."""
    return int(page.locator(".reading__card:visible").get_attribute("data-item") or "")


def press(page: Page, keys: str) -> list[int]:
    """Press these keys as quickly as can be; which reply stood on the screen at each."""
    stood = []
    for key in keys:
        stood.append(shown(page))
        page.keyboard.press(key)
    return stood


def expect_all_sent(page: Page) -> None:
    expect(page.locator("[data-waiting]")).to_be_empty()


def kept(site: Site) -> list[list]:
    """[number, grade, in_style] of all grades, in the order in which they were given."""
    return json.loads(site.shell(GRADES).splitlines()[-1])


def slowly(route: Route) -> None:
    if route.request.method == "POST":
        route.request.frame.page.wait_for_timeout(SLOW_MS)
    route.continue_()


def test_a_whole_round_by_keyboard_alone(reading: Page, grading_site: Site):
    done = reading.locator("[data-done]")
    first = shown(reading)
    press(reading, "3")
    expect(reading.get_by_role("status")).to_have_text("빗나감 · 말투 맞음")
    press(reading, "u")
    expect(done).to_have_text("0")
    assert shown(reading) == first

    stood = press(reading, "s")
    expect(reading.get_by_text("이 페르소나의 말투가 아님")).to_be_visible()
    expect(reading.get_by_text("이 페르소나의 말투가 맞음")).to_be_hidden()
    press(reading, "1")
    expect(reading.get_by_role("status")).to_have_text("좋음 · 말투 아님")
    for number in range(1, REPLIES):
        expect(reading.locator(".reading__card:visible")).to_have_count(1)
        stood += press(reading, "123"[number % 3])
        expect(done).to_have_text(str(number + 1))
    expect(reading.get_by_role("heading", name="다 읽었습니다.")).to_be_visible()

    marks = [("good", "partly", "miss")[number % 3] for number in range(REPLIES)]
    assert kept(grading_site) == [
        [number, mark, at > 0] for at, (number, mark) in enumerate(zip(stood, marks, strict=True))
    ]


def test_keys_pressed_while_a_request_runs_grade_what_was_on_the_screen(reading: Page, grading_site: Site):
    reading.route("**/read/", slowly)
    stood = press(reading, "12301")
    assert len(set(stood)) == 4  # 0 is about the style, and moves on to nothing
    expect(reading.locator("[data-waiting]")).not_to_be_empty()
    expect_all_sent(reading)
    one, two, three, four, _same = stood
    assert kept(grading_site) == [
        [one, "good", True],
        [two, "partly", True],
        [three, "miss", True],
        [four, "good", False],
    ]


def test_what_was_pressed_without_a_line_outlives_a_reload(reading: Page, grading_site: Site):
    reading.context.set_offline(True)
    stood = press(reading, "132u")
    expect(reading.get_by_role("status")).to_have_text(re.compile("닿지 못했습니다"))
    assert kept(grading_site) == []
    reading.context.set_offline(False)
    reading.reload()
    expect_all_sent(reading)
    assert kept(grading_site) == [[stood[0], "good", True], [stood[1], "miss", True]]
    expect(reading.locator(f'[data-item="{stood[2]}"]')).to_be_visible()
    expect(reading.locator("[data-done]")).to_have_text("2")


def test_undoing_reaches_back_beyond_a_reload(reading: Page, grading_site: Site):
    stood = press(reading, "12")
    expect_all_sent(reading)
    reading.reload()
    for number in reversed(stood):
        reading.keyboard.press("u")
        expect(reading.locator(f'[data-item="{number}"]')).to_be_visible()
    assert kept(grading_site) == []


def test_the_page_and_the_closed_round_in_light_and_dark(reading: Page, grading_site: Site):
    press(reading, "12")
    expect_all_sent(reading)
    for scheme in SCHEMES:
        reading.emulate_media(color_scheme=scheme)
        reading.reload()
        press(reading, "s")
        assert reading.evaluate("document.documentElement.scrollWidth") <= 1280
        keep_screenshot(reading, f"grading-1280-{scheme}")
    grading_site.shell(
        "from personas.grading.services import *; r = GradingRound.objects.get();"
        "[grade_note(grading_round=r, number=n, reader=w, grade='good' if n % p else 'miss', in_style=n % 5 > 0)"
        " for w, p in (('김', 3), ('이', 4)) for n in range(1, 25)];"
        "round_close(grading_round=r)"
    )
    press(reading, "1")
    expect(reading.locator("table.figures").first).to_contain_text("대조: 사람이 쓴 답")
    for scheme in SCHEMES:
        reading.emulate_media(color_scheme=scheme)
        reading.reload()
        keep_screenshot(reading, f"grading-report-1280-{scheme}")
    reading.goto("/admin/registry/adapterversion/")
    expect(reading.locator("#result_list")).to_contain_text("답 12 · 사람 2")
    keep_screenshot(reading, "grading-versions-1280")
