"""A finished reply as HTML: bold, lists, code and links are drawn, everything else stays the text that it was.

Two walls: markdown-it draws only what is enabled here, nh3 lets through only what is listed here. So nothing that a
model writes can run, load, send or look like a part of the page.
"""

import unicodedata

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

RULES = ["emphasis", "backticks", "fence", "list", "link", "autolink", "escape"]
TAGS = {"p", "strong", "em", "ul", "ol", "li", "code", "pre", "a"}
ATTRIBUTES = {"*": set(), "a": {"href"}, "ol": {"start"}}
# How Unicode names the letters of languages whose words are followed by others without a blank.
EAST_ASIAN = ("HANGUL", "HALFWIDTH HANGUL", "CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "BOPOMOFO")
SCHEMES = ("http", "https")


def reply_html(text: str) -> SafeString:
    """The reply's Markdown, safe to put on a page. A reply of one paragraph gets none: its bubble is one."""
    is_one_paragraph = [token.type for token in _markdown.parse(text)] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    drawn = _markdown.renderInline(text) if is_one_paragraph else _markdown.render(text)
    clean = nh3.clean(
        drawn,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer nofollow ugc",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return mark_safe(clean)  # noqa: S308 (nh3 has cleaned it)


class _State(StateInline):
    """Korean endings follow a word at once: `**롤백(rollback)**부터`. Plain Markdown sees no end of the bold there.

    Nor does it before ㅋㅋ, a kanji or a kana. A star between a digit and another is a sign of reckoning: 2*3*4.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        scanned = super().scanDelims(start, canSplitWord)
        if not canSplitWord:  # `_`, which stands inside of names
            return scanned
        before, after = self.src[:start][-1:], self.src[start + scanned.length :][:1]
        if before.isdigit() and after.isdigit():
            return Scanned(False, False, scanned.length)
        return Scanned(
            scanned.can_open or (_is_of_east_asia(before) and bool(after.strip())),
            scanned.can_close or (_is_of_east_asia(after) and bool(before.strip())),
            scanned.length,
        )


def _is_of_east_asia(character: str) -> bool:
    """Whether it is a letter of Korean (jamo alone included), Chinese or Japanese: they write words without blanks."""
    return character.isalpha() and unicodedata.name(character, "").startswith(EAST_ASIAN)


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: dict, tokens: list[Token]) -> list[Token]:  # type: ignore[override]
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _Markdown(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("zero")
        self.inline = _Inline()
        self.configure("zero").enable(RULES)

    def validateLink(self, url: str) -> bool:
        """Whole addresses of the web alone: no other scheme, and no way into this site."""
        return url.lower().startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


_markdown = _Markdown()
