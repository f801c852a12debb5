"""What was typed and not sent survives a reload, in the tab it was typed in."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js"

PAGE = """<!doctype html>
<div id="log">TURNS</div><div id="copied"></div>
<div id="editing" hidden><button id="editing-stop"></button></div>
<form id="composer" data-conversation="CONVERSATION">
  <input type="hidden" name="turn" value="next"><input type="hidden" name="edits" id="edits" disabled>
  <textarea id="message" name="text"></textarea>
</form>
<script>document.getElementById("composer").addEventListener("submit", (event) => event.preventDefault())</script>
"""
A_TURN = (
    '<article id="turn-old"><p id="said-old"><span>나: </span>옛말</p><button data-edit="old">고치기</button></article>'
)


@pytest.fixture
def tab(browser):
    """Opens the chat page of a conversation, always in the same tab."""
    page = browser.new_page()

    def open_page(conversation: str = "one", turns: str = ""):
        html = PAGE.replace("CONVERSATION", conversation).replace("TURNS", turns)
        page.unroute_all()
        page.route(
            "http://chat.test/**", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
        )
        page.goto("http://chat.test/")
        for script in ("turns.js", "drafts.js"):
            page.add_script_tag(path=str(SCRIPTS / script))
        return page

    yield open_page
    page.close()


def field(page) -> str:
    return page.evaluate("document.getElementById('message').value")


def send(page) -> None:
    page.evaluate("document.getElementById('composer').requestSubmit()")


def test_typed_text_is_there_after_a_reload(tab):
    tab().locator("#message").fill("쓰다 만 글")
    assert field(tab()) == "쓰다 만 글"


def test_another_conversation_has_a_draft_of_its_own(tab):
    tab().locator("#message").fill("쓰다 만 글")
    assert field(tab("two")) == ""
    assert field(tab("one")) == "쓰다 만 글"


def test_what_was_emptied_stays_empty(tab):
    page = tab()
    page.locator("#message").fill("쓰다 만 글")
    page.locator("#message").fill("")
    assert field(tab()) == ""


def test_a_message_that_arrived_is_no_draft(tab):
    page = tab()
    page.locator("#message").fill("보낸 말")
    send(page)
    assert field(tab(turns='<article id="turn-next"><p>보낸 말</p></article>')) == ""


def test_a_message_that_was_lost_on_its_way_is_there_again(tab):
    page = tab()
    page.locator("#message").fill("보낸 말")
    send(page)
    assert field(tab()) == "보낸 말"


def test_an_edit_goes_on_where_it_was(tab):
    page = tab(turns=A_TURN)
    page.locator("[data-edit]").click()
    assert field(page) == "옛말"
    page.locator("#message").fill("고친 말")
    page = tab(turns=A_TURN)
    assert field(page) == "고친 말"
    assert page.evaluate("document.getElementById('edits').value") == "old"
    assert page.evaluate("document.getElementById('edits').disabled") is False


def test_without_storage_typing_goes_on(tab):
    page = tab()
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError') } }")
    page.locator("#message").fill("쓰다 만 글")
    assert field(page) == "쓰다 만 글"
