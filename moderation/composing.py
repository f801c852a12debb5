"""One form for the same text: macOS writes 한 as three letters (ㅎ, ㅏ, ㄴ, joined when drawn), everybody else as one.

A model reads the two as different words, and so do rules and comparisons. Whatever comes in passes here first.
"""

import unicodedata


def composed(text: str) -> str:
    """The text in Unicode's composed form (NFC): it looks the same, and is the same as what others type."""
    return unicodedata.normalize("NFC", text)
