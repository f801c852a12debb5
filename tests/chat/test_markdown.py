"""What a model writes is drawn where it is harmless, and text where it is not."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.chat.markdown import reply_html

LINK = {"href", "target", "rel"}
ALLOWED = {tag: set() for tag in ("p", "strong", "em", "ul", "li", "code", "pre")} | {"a": LINK, "ol": {"start"}}

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![pixel](https://evil.example/track.png)",
    "![a](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\\j\\avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](mailto:a@b.c)",
    "[x](tel:01012345678)",
    "[x](//evil.example)",
    "[x](/privacy/delete/)",
    "[x](?language=en)",
    "[x](#main)",
    "[x]( javascript:alert(1) )",
    "[x](<javascript:alert(1)>)",
    "<javascript:alert(1)>",
    "<https://ok.example onclick=alert(1)>",
    '[x](https://ok.example "\\" onmouseover=alert(1) ")',
    "[x](https://ok.example/'onmouseover='alert(1))",
    "[<img src=x onerror=alert(1)>](https://ok.example)",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\n```',
    "<style>*{display:none}</style>",
    "<p style=position:fixed>x",
    '<div hx-get="/chats/" hx-trigger="load">',
    '<b data-hx-post="/privacy/delete/" ws-send>',
    '<form action="https://evil.example"><input name=q></form>',
    "<iframe src=https://evil.example></iframe>",
    '<svg onload="alert(1)"><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "<math><mtext></p><script>alert(1)</script>",
    "<!--<script>alert(1)</script>-->",
    "<a href=javascript:alert(1)>x</a>",
    '<base href="https://evil.example">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "</div></div><div id=log hx-swap-oob=true>",
    "- <li id=log>x",
    "1. ![x](https://evil.example)",
    "**<b onclick=alert(1)>**",
    "\u202e<script>\u0000",
]


class Reader(HTMLParser):
    """Notes the tags, with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = handle_comment


def assert_harmless(text: str) -> Reader:
    page = Reader(reply_html(text))
    for tag, attributes in page.tags:
        assert attributes.keys() <= ALLOWED[tag]
        if tag == "a":
            assert attributes.get("href", "https://").startswith(("http://", "https://"))
            assert attributes["target"] == "_blank" and {"noopener", "nofollow"} <= set(attributes["rel"].split())
        if "start" in attributes:
            assert attributes["start"].isdigit()
    return page


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_survives(text):
    assert_harmless(text)


FRAGMENTS = st.sampled_from(
    [*HOSTILE, "<", ">", '"', "'", "`", "```\n", "*", "**", "[", "](", ")", "\n", "- ", "1. ", "가"]
)


@given(st.lists(FRAGMENTS | st.text(max_size=5), max_size=8).map("".join))
def test_nothing_hostile_survives_in_any_company(text):
    assert_harmless(text)


@given(st.text(alphabet="가나다 힣ㅋㅠ~!?.,…🥺abc()&<>\"'\n", max_size=60).filter(lambda text: text.strip()))
def test_plain_words_stay_what_they_are(text):
    """Blanks at the ends of lines apart."""
    shown = assert_harmless(text).text
    assert shown.split() == text.split()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("헉, 심장 철렁했겠다ㅠㅠ", "헉, 심장 철렁했겠다ㅠㅠ"),
        ("**롤백**부터 해", "<strong>롤백</strong>부터 해"),
        ("**롤백(rollback)**부터 해", "<strong>롤백(rollback)</strong>부터 해"),
        ("그건 **“괜찮아”**라는 뜻", "그건 <strong>“괜찮아”</strong>라는 뜻"),
        ("**대박!**ㅋㅋㅋ 그거 진짜야?", "<strong>대박!</strong>ㅋㅋㅋ 그거 진짜야?"),
        ("**괜찮아?**ㅠㅠ 많이 놀랐겠다", "<strong>괜찮아?</strong>ㅠㅠ 많이 놀랐겠다"),
        ("**(비밀)**ㅎㅎ", "<strong>(비밀)</strong>ㅎㅎ"),
        ("ㅋㅋ**“대박”**", "ㅋㅋ<strong>“대박”</strong>"),
        ("**괜찮아?**\u1160\u110f 응", "<strong>괜찮아?</strong>\u1160\u110f 응"),
        ("**(秘密)**中文", "<strong>(秘密)</strong>中文"),
        ("**(ひみつ)**です", "<strong>(ひみつ)</strong>です"),
        ("*쓰담쓰담* 괜찮아~", "<em>쓰담쓰담</em> 괜찮아~"),
        ("변수_이름_은 그대로", "변수_이름_은 그대로"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("2*3*4는 24야", "2*3*4는 24야"),
        ("2**3**2는 512야", "2**3**2는 512야"),
        ("100*2*3=600이고 3*4=12야", "100*2*3=600이고 3*4=12야"),
        ("2 *3* 4", "2 <em>3</em> 4"),
        ("`git revert`를 써", "<code>git revert</code>를 써"),
        ("첫 줄\n둘째 줄", "첫 줄\n둘째 줄"),
        ("# 제목은 그대로", "# 제목은 그대로"),
        ("하나\n\n둘", "<p>하나</p>\n<p>둘</p>\n"),
        ("- 하나\n- 둘", "<ul>\n<li>하나</li>\n<li>둘</li>\n</ul>\n"),
        ("3. 셋\n4. 넷", '<ol start="3">\n<li>셋</li>\n<li>넷</li>\n</ol>\n'),
        ("```py\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>\n"),
        (
            "[문서](https://docs.python.org/3/)",
            '<a href="https://docs.python.org/3/" target="_blank" rel="noopener noreferrer nofollow ugc">문서</a>',
        ),
    ],
)
def test_bold_lists_code_and_links_are_drawn(text, html):
    assert reply_html(text) == html
