"""Ten ways to type the same words."""

import unicodedata
from collections.abc import Callable

from moderation.folding import jamo_of


def _full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "run together": lambda text: "".join(text.split()),
    "spaced out": lambda text: " ".join("".join(text.split())),
    "dotted": lambda text: ".".join(text),
    "unseen letters between": lambda text: "\u200b".join(text),
    "full width": _full_width,
    "capitals": str.upper,
    "spelt out": lambda text: "".join(map(jamo_of, text)),
    "on many lines": lambda text: "\n\n".join(text.split()) + "\n",
}
