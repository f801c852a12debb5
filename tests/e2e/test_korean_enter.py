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
NAMELESS_LETTER = ("keydown", {"key": "Unidentified", "code": "", "keyCode": 229, "isComposing": True})
SHIFT_ENTER = ("keydown", {"key": "Enter", "code": "Enter", "keyCode": 13, "shiftKey": True})
BEGIN, END = ("compositionstart", None), ("compositionend", None)

SENDS = {
    "chrome on a mac tells of the key twice": [BEGIN, COMPOSING_ENTER, ("types", "요"), END, PLAIN_ENTER],
    "chrome on windows hides the key's name": [BEGIN, NAMELESS_ENTER, ("types", "요"), END],
    "firefox": [BEGIN, COMPOSING_ENTER, ("types", "요"), END],
    "safari ends the syllable first": [BEGIN, ("types", "요"), END, LATE_ENTER],
    "safari on a phone ends the syllable first and names the key": [BEGIN, ("types", "요"), END, PLAIN_ENTER],
    "chrome on android": [BEGIN, NAMELESS_LETTER, ("types", "요"), END, PLAIN_ENTER],
    "the number pad": [("types", "요"), ("keydown", {"key": "Enter", "code": "NumpadEnter", "keyCode": 13})],
    "nothing is being composed": [("types", "요"), PLAIN_ENTER],
}

STAYS = {
    "shift breaks the line": [SHIFT_ENTER],
    "shift breaks the line in mid-syllable": [
        BEGIN,
        ("keydown", {"key": "Enter", "code": "Enter", "keyCode": 229, "isComposing": True, "shiftKey": True}),
        END,
        SHIFT_ENTER,
    ],
    "safari breaks the line after the syllable": [
        BEGIN,
        END,
        ("keydown", {"key": "Enter", "code": "Enter", "keyCode": 229, "shiftKey": True}),
    ],
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


def test_a_real_enter_sends_and_a_real_shift_enter_breaks_the_line(chat):
    chat.locator("#message").fill("첫 줄")
    chat.locator("#message").press("Shift+Enter")
    chat.keyboard.insert_text("둘째 줄")
    chat.locator("#message").press("Enter")
    assert chat.evaluate("window.sent") == ["첫 줄\n둘째 줄"]


def test_the_field_grows_with_its_lines_and_shrinks_again(chat):
    field = chat.locator("#message")

    def height() -> float:
        return field.bounding_box()["height"]

    field.fill("한 줄")
    one = height()
    field.fill("첫 줄\n둘째 줄\n셋째 줄\n넷째 줄")
    assert height() > one
    field.fill("한 줄")
    assert height() == one
