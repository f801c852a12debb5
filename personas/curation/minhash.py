"""Texts that are nearly the same, found without comparing each with each.

A text is the set of its three-letter pieces, which suits Korean with its endings better than words do. MinHash boils
the set down to a few numbers (Broder 1997), and bands of them become keys: two texts that share a key are worth a look,
two that don't are hardly alike. Plain Python, since the web process loads no numpy; a test compares with `datasketch`.
"""

import hashlib
import random
import unicodedata
import zlib
from collections.abc import Iterable

from moderation.composing import composed

LETTERS = 3
# Two texts with half of their pieces in common share a key nineteen times in twenty, with eight tenths always.
BANDS, ROWS = 20, 3
PRIME = (1 << 61) - 1

_drawn = random.Random(109)  # noqa: S311  always the same draws: stored keys must stay comparable
_PERMUTATIONS = [(_drawn.randrange(1, PRIME), _drawn.randrange(PRIME)) for _ in range(BANDS * ROWS)]


def pieces(texts: Iterable[str]) -> set[str]:
    """The three-letter pieces of all texts, whatever their case, width and spaces."""
    found: set[str] = set()
    for text in texts:
        letters = "".join(unicodedata.normalize("NFKC", composed(text)).casefold().split())
        found.update(letters[start : start + LETTERS] for start in range(max(len(letters) - LETTERS + 1, 1)))
    return found - {""}


def alike(one: set[str], other: set[str]) -> float:
    """Jaccard similarity: the share of pieces that both have, 0 to 1."""
    return len(one & other) / max(len(one | other), 1)


def signature(found: set[str]) -> list[int]:
    """The smallest hash of the pieces under each permutation; equal numbers are as frequent as pieces in common."""
    hashes = [zlib.crc32(piece.encode()) for piece in found]
    return [min((a * value + b) % PRIME for value in hashes) for a, b in _PERMUTATIONS] if hashes else []


def band_keys(found: set[str]) -> list[int]:
    """Keys (63 bits, as databases keep them) of which nearly equal sets share at least one."""
    numbers = signature(found)
    return [_key(start, numbers[start : start + ROWS]) for start in range(0, len(numbers), ROWS)]


def _key(start: int, numbers: list[int]) -> int:
    digest = hashlib.blake2b(repr((start, numbers)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
