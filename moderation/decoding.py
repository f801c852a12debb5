"""Bytes of a text file as text: UTF-8 with and without its mark, UTF-16 with its mark.

Nothing else is guessed at: cp949 read as something else would be words that nobody wrote.
"""

import codecs

KOREAN_EXCEL = "cp949"


class NotUnicode(ValueError):
    """No file of UTF-8 or marked UTF-16. `line` is the first that cannot be read; `looks_like` a guess, or empty."""

    def __init__(self, line: int, looks_like: str) -> None:
        super().__init__(f"line {line} is not UTF-8")
        self.line, self.looks_like = line, looks_like


def decoded(content: bytes) -> str:
    """The text of a file, without its mark. Raises NotUnicode."""
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotUnicode(line, "" if is_utf_16 else _looks_like(content)) from error


def _looks_like(content: bytes) -> str:
    try:
        content.decode(KOREAN_EXCEL)
    except UnicodeDecodeError:
        return ""
    return KOREAN_EXCEL
