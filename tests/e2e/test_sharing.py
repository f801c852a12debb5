"""Passing a result on: the tall picture goes to the share sheet where there is one, else into the downloads."""

from playwright.sync_api import Page, expect

from tests.e2e.pages import take_the_test

# Debian's Chromium has no share sheet; this one keeps what it was handed.
SHARE_SHEET = """
navigator.canShare = () => true;
navigator.share = async ({ files }) => { window.handed = files.map(({ name, type, size }) => ({ name, type, size })) };
window.untilHanded = () => new Promise((answer) => setInterval(() => window.handed && answer(window.handed), 50));
"""


def test_the_tall_picture_goes_to_the_share_sheet(page: Page):
    page.add_init_script(SHARE_SHEET)
    take_the_test(page)
    page.get_by_role("button", name="그림으로 공유").click()
    [handed] = page.evaluate("window.untilHanded()")
    assert (handed["name"], handed["type"]) == ("egen-teto.png", "image/png")
    assert handed["size"] > 50_000


def test_without_a_share_sheet_the_tall_picture_is_saved(page: Page):
    take_the_test(page)
    expect(page.get_by_role("button", name="그림으로 공유")).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("link", name="그림 저장").click()
    assert download.value.suggested_filename == "egen-teto.png"


def test_a_tap_that_was_too_long_ago_asks_for_another(page: Page):
    """A slow network may use up the time in which a tap may open the sheet; the picture is there for the next one."""
    page.add_init_script(SHARE_SHEET)
    take_the_test(page)
    page.evaluate("() => { navigator.share = async () => { throw new DOMException('too late', 'NotAllowedError') } }")
    page.get_by_role("button", name="그림으로 공유").click()
    expect(page.get_by_role("article").get_by_role("status")).to_have_text("그림이 준비됐어요. 한 번 더 눌러 주세요.")
