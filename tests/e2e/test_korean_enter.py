"""One Enter sends a Korean message once, in whatever order a browser tells of it.

The event orders were noted from Chrome, Firefox and Safari; here they are replayed before the real chat.js.
"""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

CHAT_JS = Path(__file__).resolve().parents[2] / "static" / "js" / "chat.js"

PAGE = """
<div id="connection"></div><div id="notice"></div><div id="composer-state" data-version=""></div>
<form id="composer"><textarea id="message" name="text"></textarea></form>
<script>
  window.htmx = {config: {}};
  window.sent = [];
  const field = document.getElementById("message");
  document.getElementById("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    window.sent.push(field.value);
  });
  window.replay = (steps) => {
    for (const [kind, details] of steps) {
      if (kind === "types") { field.value += details; continue; }
      const made = kind === "keydown"
        ? new KeyboardEvent(kind, {...details, bubbles: true, cancelable: true})
        : new CompositionEvent(kind, {bubbles: true});
      if (kind === "keydown") Object.defineProperty(made, "keyCode", {value: details.keyCode});
      field.dispatchEvent(made);
    }
  };
</script>
"""

PLAIN_ENTER = ("keydown", {"key": "Enter", "code": "Enter", "keyCode": 13})
COMPOSING_ENTER = ("keydown", {"key": "Enter", "code": "Enter", "keyCode": 229, "isComposing": True})
NAMELESS_ENTER = ("keydown", {"key": "Process", "code": "Enter", "keyCode": 229, "isComposing": True})
LATE_ENTER = ("keydown", {"key": "Enter", "code": "Enter", "keyCode": 229})
BEGIN, END = ("compositionstart", None), ("compositionend", None)

SENDS = {
    "chrome on a mac tells of the key twice": [BEGIN, COMPOSING_ENTER, ("types", "요"), END, PLAIN_ENTER],
    "chrome on windows hides the key's name": [BEGIN, NAMELESS_ENTER, ("types", "요"), END],
    "firefox": [BEGIN, COMPOSING_ENTER, ("types", "요"), END],
    "safari ends the syllable first": [BEGIN, ("types", "요"), END, LATE_ENTER],
    "nothing is being composed": [("types", "요"), PLAIN_ENTER],
}

STAYS = {
    "shift breaks the line": [("keydown", {"key": "Enter", "code": "Enter", "keyCode": 13, "shiftKey": True})],
    "another key ends the syllable": [
        BEGIN,
        ("keydown", {"key": "Process", "code": "KeyR", "keyCode": 229, "isComposing": True}),
        END,
    ],
}


@pytest.fixture
def chat(browser):
    page = browser.new_page()
    page.set_content(PAGE)
    page.add_script_tag(path=str(CHAT_JS))
    yield page
    page.close()


def sent_after(chat, steps) -> list[str]:
    chat.evaluate("(steps) => { document.getElementById('message').value = '안녕하세'; replay(steps); }", steps)
    chat.wait_for_timeout(50)
    return chat.evaluate("window.sent")


@pytest.mark.parametrize("order", SENDS)
def test_one_enter_sends_the_whole_message_once(chat, order):
    assert sent_after(chat, SENDS[order]) == ["안녕하세요"]


@pytest.mark.parametrize("order", STAYS)
def test_other_keys_send_nothing(chat, order):
    assert sent_after(chat, STAYS[order]) == []
