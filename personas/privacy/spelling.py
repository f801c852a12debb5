"""A text as finders of personal data read it: one width, one hyphen, nothing unseen, no blanks around a separator.

What was found is replaced in the text as it was written: every character of the copy knows what it stands for.
"""

import re
import unicodedata

from moderation.composing import composed

_WIDE = range(0xFF01, 0xFF5F)  # full-width letters, digits and signs; 0xFEE0 above the plain ones
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\u2043\u02d7"
# Letters that cannot be seen, beside those that Unicode calls format characters.
_UNSEEN = "\u034f\u115f\u1160\u3164\uffa0"
_BLANK = r"[^\S\n]"
_SEPARATOR = re.compile(rf"(?<=\d)(?:{_BLANK}+([-.·]){_BLANK}*|([-.·]){_BLANK}+)(?=\d)")


class Spelling:
    """A text beside its plain copy. `plain` is what is searched; `shown` is the text, with what was replaced so far."""

    def __init__(self, text: str) -> None:
        self._stands_for: list[str] = []  # for each character of `plain`, what was written there
        letters: list[str] = []
        unseen = ""
        for character in composed(text):
            if _is_unseen(character):
                unseen += character
            else:
                letters.append(_plain(character))
                self._stands_for.append(unseen + character)
                unseen = ""
        self._end = unseen
        self.plain = "".join(letters)
        self._close_up()

    @property
    def shown(self) -> str:
        return "".join(self._stands_for) + self._end

    def replace(self, spans: list[tuple[int, int]], by: str) -> None:
        """Put `by` in the place of these stretches of `plain`, which stand in their order."""
        self._put([(start, end, by, list(by)) for start, end in spans])

    def _close_up(self) -> None:
        """Take the blanks around separators between digits out of the copy: 010 - 1234 is 010-1234."""
        found = [(match.start(), match.end(), match[1] or match[2]) for match in _SEPARATOR.finditer(self.plain)]
        self._put([(start, end, sign, ["".join(self._stands_for[start:end])]) for start, end, sign in found])

    def _put(self, pieces: list[tuple[int, int, str, list[str]]]) -> None:
        """Other words in the copy for each stretch, and what each of their characters stands for."""
        plain, stands_for, at = [], [], 0
        for start, end, words, written in pieces:
            plain += [self.plain[at:start], words]
            stands_for += [*self._stands_for[at:start], *written]
            at = end
        self.plain = "".join(plain) + self.plain[at:]
        self._stands_for = stands_for + self._stands_for[at:]


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or character in _UNSEEN


def _plain(character: str) -> str:
    if ord(character) in _WIDE:
        return chr(ord(character) - 0xFEE0)
    if character in _HYPHENS:
        return "-"
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return character
