"""Nothing on the chat page moves by itself: not while it loads, and not while words come."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import LONG_STORY, last_turn, say, wait_for_the_end

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

STILL = 0.02  # where 0.1 is still called good

# Every shift counts, those that follow a key or a click as well: the reply comes when it comes. Only where a word that
# is still growing leaves its line for the next, nothing has moved but the writing.
WATCH = """
window.shifts = [];
const name = ({ node }) => node?.id || `${node?.nodeName} ${node?.textContent?.trim().slice(0, 20)}`;
const isWriting = ({ node }) => node?.parentElement?.closest('.reply[aria-busy="true"] .reply__text');
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.sources.length || !entry.sources.every(isWriting))
      shifts.push({ value: entry.value, moved: entry.sources.map(name) });
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def watched(page: Page) -> Page:
    page.add_init_script(WATCH)
    return page


def shifts(page: Page) -> list[dict]:
    """What moved on the page so far, by how much."""
    return page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(shifts))))")


def is_still(found: list[dict]) -> bool:
    return sum(shift["value"] for shift in found) < STILL


@pytest.mark.parametrize("address", ["/chat/egen/", "/arena/", "/chat/blend/"])
def test_a_page_stands_still_while_it_loads(watched: Page, address: str):
    watched.goto(address, wait_until="networkidle")
    assert is_still(shifts(watched)), shifts(watched)


def test_the_page_stands_still_while_words_come(watched: Page, rambling: None):
    watched.goto("/chat/rambler/")
    say(watched, LONG_STORY)
    expect(last_turn(watched).locator(".dots")).to_have_count(0)
    wait_for_the_end(watched)
    assert is_still(shifts(watched)), shifts(watched)
