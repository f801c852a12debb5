"""The lists in words/: lines of words with commas between them, and lines of comment."""

import re
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"


@lru_cache
def words(name: str) -> frozenset[str]:
    """The words of one list."""
    return frozenset(word for line in _lines(name) for word in re.split(r",\s*", line.rstrip(",")))


@lru_cache
def given_names() -> frozenset[str]:
    """Given names of two syllables. Their list has a first syllable in each line and the second ones after it."""
    return frozenset(first + second for first, seconds in map(str.split, _lines("given_names")) for second in seconds)


def either(name: str) -> str:
    """A pattern that matches any word of a list, the longest first; blanks in a word may be left out."""
    longest_first = sorted(words(name), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(re.escape(word).replace(chr(92) + ' ', ' ?') for word in longest_first)})"


def _lines(name: str) -> list[str]:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]
