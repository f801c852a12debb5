"""A screen reader hears each message once, when it is whole: the real announcing.js before a log that changes."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ANNOUNCING_JS = Path(__file__).resolve().parents[2] / "static" / "js" / "announcing.js"

PAGE = """
<div id="log" role="log" aria-live="off"></div><div id="announced" aria-live="polite"></div>
<script>
  const log = document.getElementById("log");
  window.heard = [];
  new MutationObserver(() => heard.push(announced.textContent)).observe(announced, {childList: true});
  window.arrives = (html) => {
    log.innerHTML = html;
    document.dispatchEvent(new Event("htmx:wsAfterMessage"));
  };
</script>
"""


def reply(number: int, text: str, busy: bool = False, end: str = "") -> str:
    state = ' aria-busy="true"' if busy else ""
    return (
        f'<div class="reply" id="reply-{number}"{state}><span>에겐이: </span><div class="reply__text">{text}</div>'
        f"{end}</div>"
    )


def turn(*inside: str) -> str:
    return f'<article class="turn">{"".join(inside)}</article>'


@pytest.fixture
def chat(browser):
    page = browser.new_page()
    page.set_content(PAGE)
    page.evaluate("(html) => { log.innerHTML = html }", turn(reply(0, "오래전 말")))
    page.add_script_tag(path=str(ANNOUNCING_JS))
    yield page
    page.close()


def heard_after(chat, *states: str) -> list[str]:
    for state in states:
        chat.evaluate("(html) => arrives(html)", state)
        chat.wait_for_timeout(20)
    return chat.evaluate("heard")


def test_words_that_still_come_are_not_read(chat):
    assert heard_after(chat, turn(reply(1, "헉", busy=True)), turn(reply(1, "헉, 장애라니", busy=True))) == []


def test_a_whole_message_is_read_once(chat):
    whole = turn(reply(1, "헉, 장애라니"))
    assert heard_after(chat, turn(reply(1, "헉", busy=True)), whole, whole, whole) == ["에겐이: 헉, 장애라니"]


def test_what_was_there_before_is_not_read(chat):
    assert heard_after(chat, turn(reply(0, "오래전 말"))) == []


def test_how_it_ended_is_read_with_it(chat):
    stopped = turn(reply(1, "헉", end="<p>여기서 멈췄어요.</p>"))
    assert heard_after(chat, turn(reply(1, "헉", busy=True)), stopped) == ["에겐이: 헉 여기서 멈췄어요."]


def test_of_two_answers_each_is_read_and_then_the_question(chat):
    question = '<form class="vote"><legend>어느 답이 더 좋아요?</legend></form>'
    both = turn(reply(1, "하나", busy=True), reply(2, "둘", busy=True))
    one = turn(reply(1, "하나"), reply(2, "둘", busy=True))
    assert heard_after(chat, both, one, turn(reply(1, "하나"), reply(2, "둘"), question)) == [
        "에겐이: 하나",
        "에겐이: 둘 어느 답이 더 좋아요?",
    ]
