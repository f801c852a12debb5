"""A page that is reloaded under a running reply loses no word and shows none twice, whenever that happens."""

import random

import pytest
from playwright.sync_api import Page

from tests.e2e.pages import LONG_STORY, expect_last_reply, kept_replies, last_turn, say, wait_for_the_end

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

MOMENTS = 10
A_REPLY = 5  # moments in each
LONGEST = 400  # characters: most replies have more, and one that is shorter has fewer moments

# The text that a running reply has on the page as soon as it is so long; null once the reply is over.
GLIMPSE = """
length => new Promise(resolve => {
  const look = () => {
    const reply = [...document.querySelectorAll(".reply")].at(-1);
    const text = reply.querySelector(".reply__text").textContent;
    if (reply.ariaBusy !== "true") resolve(null);
    else if (text.length >= length) resolve(text);
  };
  const whatever = {subtree: true, childList: true, characterData: true, attributes: true};
  new MutationObserver(look).observe(document.getElementById("log"), whatever);
  look();
})
"""


def test_ten_reloads_at_random_moments_lose_no_word_and_double_none(page: Page, rambling: None):
    dice = random.Random(5)
    page.goto("/chat/rambler/")
    moments = replies = 0
    while moments < MOMENTS:
        say(page, LONG_STORY)
        replies += 1
        glimpses = reload_at(page, sorted(dice.sample(range(LONGEST), A_REPLY)))
        moments += len(glimpses)
        wait_for_the_end(page)
        kept = kept_replies(page)
        assert len(kept) == replies
        assert [glimpse for glimpse in glimpses if not kept[-1].startswith(glimpse)] == []
        expect_last_reply(page, kept[-1])


def reload_at(page: Page, lengths: list[int]) -> list[str]:
    """Reload whenever the reply reaches a length. What stood there each time, while it was being written."""
    glimpses = []
    for length in lengths:
        glimpse = page.evaluate(GLIMPSE, length)
        if glimpse is None:
            break
        glimpses.append(glimpse)
        page.reload()
        assert last_turn(page).locator(".reply").count() == 1
    return glimpses
