"""What the log's sheet shows and hides."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

CSS = Path(__file__).resolve().parents[2] / "static" / "css"

OLD_TURN = """
<article class="turn"><p class="said">옛말</p><div class="replies">
  <div class="reply"><div class="reply__text">옛 답</div></div>
  <form class="vote vote--unasked">묻는 말</form><form class="reasons">까닭</form>
  <button class="replies__skip">넘기기</button>
</div></article>
"""
NEW_TURN = OLD_TURN.replace("옛말", "새말").replace("옛 답", "")


@pytest.fixture
def log(browser):
    page = browser.new_page()
    page.set_content(
        f'<body class="chat-page"><div class="chat"><div class="log">{OLD_TURN}{NEW_TURN}</div></div></body>'
    )
    for sheet in ("site.css", "chat.css"):
        page.add_style_tag(path=str(CSS / sheet))
    yield page
    page.close()


def seen(log, selector: str) -> list[bool]:
    found = log.locator(selector)
    return [found.nth(at).is_visible() for at in range(found.count())]


def test_what_was_said_is_always_seen(log):
    assert seen(log, ".said") == [True, True]


def test_a_reply_without_a_word_leaves_no_bubble(log):
    assert seen(log, ".reply__text") == [True, False]


@pytest.mark.parametrize("what", [".vote--unasked", ".reasons", ".replies__skip"])
def test_a_question_that_nobody_asked_for_goes_when_the_talk_goes_on(log, what):
    assert seen(log, what) == [False, True]
