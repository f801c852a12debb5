"""One form for the same text: macOS writes 한 as three letters (ㅎ, ㅏ, ㄴ, joined when drawn), everybody else as one.

A model reads the two as different words, and so do rules and comparisons. Whatever comes in passes here first.
"""

import unicodedata
from collections.abc import Iterator

MOST_MARKS = 8  # on one letter: no script needs more, and sorting a run of them takes the square of its length


def composed(text: str) -> str:
    """The text in Unicode's composed form (NFC): it looks the same, and is the same as what others type. Of marks that
    pile up on one letter the first few stay."""
    if text.isascii():
        return text
    if any(map(unicodedata.combining, text)):
        text = "".join(_with_few_marks(text))
    return unicodedata.normalize("NFC", text)


def _with_few_marks(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            yield character
