"""What a visitor sees when parts of the site fail under a running reply, in a real browser."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import expect_last_reply, kept_replies, last_reply, last_turn, wait_for_the_end
from tests.e2e.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.real_model, pytest.mark.timeout(300)]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_a_reload_in_mid_reply_shows_the_text_so_far_and_goes_on(rambler: Page):
    before = last_reply(rambler)
    rambler.reload()
    expect(last_turn(rambler).locator('[id^="text-"]')).to_contain_text(squeezed(before)[:10])
    wait_for_the_end(rambler)
    expect_last_reply(rambler, kept_replies(rambler)[-1])


def test_a_stop_keeps_the_words_so_far(rambler: Page):
    rambler.get_by_role("button", name="멈추기").click()
    expect(last_turn(rambler).get_by_role("button", name="다시 쓰기")).to_be_visible()
    expect_last_reply(rambler, kept_replies(rambler)[-1])


def test_redis_stopped_under_a_reply_is_said_and_healed(rambler: Page, site: Site):
    site.redis.stop()
    expect(rambler.locator("#notice")).to_contain_text("연결이 잠시 불안정해요", timeout=15_000)
    site.redis.start()
    wait_for_the_end(rambler)
    expect(rambler.locator("#notice")).to_have_text("")
    expect_last_reply(rambler, kept_replies(rambler)[-1])
    site.wait_until_ready()


def test_a_reply_whose_worker_died_is_written_again_by_another(rambler: Page, site: Site):
    site.end("worker", kill=True)
    half = last_reply(rambler)
    site.start_worker()
    site.wait_until_ready()
    time.sleep(10)  # until nobody answers for the reply any more (contracts.ALIVE_TTL_SECONDS)
    site.shell("from personas.chat.reply_lifecycle import replies_requeue_stalled; replies_requeue_stalled()")
    wait_for_the_end(rambler)
    attempts = site.shell("from personas.chat.models import Reply; print(Reply.objects.latest('created_at').attempt)")
    assert (attempts, half != "") == ("2\n", True)
    expect_last_reply(rambler, kept_replies(rambler)[-1])
