"""A curator walks the queue with the keyboard alone, in a real browser. The web process suffices: no model speaks."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.site import Site
from tests.e2e.staff import at_the_desk

PAIRS = 34
SEED = f"""
import json
from django.contrib.auth.models import User
from personas.curation.services import pairs_import
def rows(count, prompt, chosen, rejected):
    texts = ((prompt.format(n), chosen.format(n), rejected.format(n)) for n in range(count))
    return [json.dumps(dict(zip(("prompt", "chosen", "rejected"), row))) for row in texts]
User.objects.create_superuser("curator", password="a long password of the tests")
pairs_import(persona="egen", lines=rows(
    {PAIRS - 2}, "고민 {{}}번", "고생 많았어, {{}}개면 지쳤겠다ㅠㅠ", "{{}}개쯤은 누구나 하는 거야"))
pairs_import(persona="teto", lines=rows(2, "보고서 {{}}", "지금 {{}}장부터 써.", "음 그냥 천천히 하자 {{}}"))
"""


@pytest.fixture(scope="module")
def desk_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web process with pairs that wait."""
    with Site.of_web_alone(tmp_path_factory.mktemp("desk"), SEED) as running:
        yield running


@pytest.fixture
def queue(browser, desk_site: Site) -> Iterator[Page]:
    """The queue before a curator who has logged in; a complaint of its scripts fails the test."""
    with at_the_desk(browser, desk_site, "curator", "/admin/curation/preferencepair/queue/") as page:
        expect(page.locator("#desk")).to_be_visible()
        yield page


def pair_on(page: Page) -> str:
    return page.locator("#desk").get_attribute("data-pair") or ""


def press(page: Page, key: str, said: str) -> None:
    """Press a key, and wait until the desk says what it did."""
    page.keyboard.press(key)
    expect(page.get_by_role("status")).to_have_text(said)


def press_on_to_the_next(page: Page, key: str, said: str) -> None:
    before = pair_on(page)
    press(page, key, said)
    expect(page.locator("#desk")).not_to_have_attribute("data-pair", before)


def test_thirty_pairs_by_keyboard_alone(queue: Page, desk_site: Site):
    left = queue.locator(".desk__progress b").first
    expect(left).to_have_text(str(PAIRS))
    first = pair_on(queue)

    press(queue, "s", "두 답을 맞바꿨습니다.")
    expect(queue.locator(".reply--chosen .reply__text")).to_contain_text("누구나 하는 거야")
    press(queue, "u", "마지막 결정을 취소했습니다.")
    expect(queue.locator(".reply--chosen .reply__text")).to_contain_text("고생 많았어")

    queue.keyboard.press("e")
    expect(queue.locator("textarea[name=chosen]")).to_be_focused()
    queue.keyboard.press("Control+A")
    queue.keyboard.type("정말 고생 많았어. 따뜻한 거 마시고 쉬자")
    press(queue, "Control+Enter", "고친 글을 저장했습니다.")
    assert pair_on(queue) == first

    press_on_to_the_next(queue, "r", "거절했습니다.")
    press(queue, "u", "마지막 결정을 취소했습니다.")
    expect(queue.locator("#desk")).to_have_attribute("data-pair", first)

    press_on_to_the_next(queue, "k", "나중에 보도록 미뤘습니다.")
    for number in range(30):
        key, said = ("r", "거절했습니다.") if number % 5 == 4 else ("a", "승인했습니다.")
        press_on_to_the_next(queue, key, said)
        expect(left).to_have_text(str(PAIRS - number - 1))

    counts = desk_site.shell(
        "from personas.curation.models import *; P = PreferencePair.objects;"
        f"print(P.filter(status='approved').count(), P.filter(status='rejected').count(), P.get(pk={first}).status)"
    )
    assert counts.split() == ["24", "6", "pending"]


def hold_the_next_answer(page: Page) -> Callable[[], None]:
    """The desk's next deed is answered only when what is returned is called."""
    held: list[Route] = []
    page.route("**/queue/", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())

    def let_go() -> None:
        while not held:
            page.wait_for_timeout(20)
        held[0].continue_()
        page.unroute("**/queue/")

    return let_go


def test_a_key_pressed_while_an_answer_is_on_its_way_waits_for_it(queue: Page):
    let_go = hold_the_next_answer(queue)
    queue.keyboard.press("s")  # the same pair comes again, its answers swapped
    queue.keyboard.press("e")
    let_go()
    expect(queue.locator("textarea[name=chosen]")).to_be_focused()
    queue.keyboard.press("Escape")
    press(queue, "u", "마지막 결정을 취소했습니다.")


def test_a_key_meant_for_a_pair_that_has_gone_decides_nothing_and_the_desk_says_so(queue: Page):
    first = pair_on(queue)
    let_go = hold_the_next_answer(queue)
    queue.keyboard.press("k")
    queue.keyboard.press("a")
    let_go()
    expect(queue.get_by_role("status")).to_contain_text("보고 다시 눌러 주세요")
    assert pair_on(queue) != first
    press(queue, "u", "마지막 결정을 취소했습니다.")
    expect(queue.locator("#desk")).to_have_attribute("data-pair", first)


def test_the_next_persona_comes_by_key_and_stays_after_a_reload(queue: Page):
    expect(queue.locator(".desk__personas [aria-current]")).to_have_text("모두")
    queue.keyboard.press("n")
    expect(queue).to_have_url(re.compile(r"\?persona="))
    chosen = queue.locator(".desk__personas [aria-current]").inner_text()
    queue.reload()
    expect(queue.locator(".desk__personas [aria-current]")).to_have_text(chosen)


def test_keys_typed_into_the_text_decide_nothing(queue: Page):
    before = pair_on(queue)
    words = queue.locator(".reply--chosen .reply__text").inner_text()
    queue.keyboard.press("e")
    queue.keyboard.type("arsk")
    queue.keyboard.press("Escape")
    expect(queue.locator(".reply--chosen .reply__text")).to_have_text(words)
    assert pair_on(queue) == before


def test_the_list_works_by_keyboard_and_asks_before_it_acts(queue: Page):
    queue.goto("/admin/curation/preferencepair/?status__exact=pending")
    for key in ("j", "x", "j", "x"):
        queue.keyboard.press(key)
    expect(queue.locator(".action-select:checked")).to_have_count(2)
    queue.keyboard.press("r")
    expect(queue.locator(".tally dt").first).to_have_text("거절")
    expect(queue.locator(".tally dd").first).to_have_text("2")
    expect(queue.get_by_role("button", name="거절 확정")).to_be_focused()
    queue.keyboard.press("Enter")
    expect(queue.locator("body")).to_contain_text("2쌍을 거절했습니다.")
