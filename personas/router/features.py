"""A message as numbers: which pieces of one to four letters stand in it, hashed into a fixed number of places.

Korean says by its endings what it wants ("~ㅠㅠ", "~해 줘", "~까?"), so pieces suit it better than words, and need no
dictionary. A piece that ends the message knows that it does.
"""

import re
import zlib
from math import sqrt

PLACES = 2**14
LONGEST_PIECE = 4
ONLY_THE_END = 60  # letters; in a long message what is wanted tends to stand last
START, END = "\x02", "\x03"

Features = dict[int, float]  # place -> value; the squares of the values sum to 1


def features_of(message: str) -> Features:
    """The pieces of a message; none for one without letters."""
    text = _plain(message)
    if not text:
        return {}
    marked = f"{START}{text[-ONLY_THE_END:]}{END}"
    places = {
        _place(marked[start : start + length])
        for length in range(1, LONGEST_PIECE + 1)
        for start in range(len(marked) - length + 1)
    }
    return dict.fromkeys(places, 1 / sqrt(len(places)))


def _plain(message: str) -> str:
    """Lower case, single blanks, and no letter more than twice in a row: `ㅠㅠㅠㅠ` says what `ㅠㅠ` says."""
    text = " ".join(message.lower().split())
    return re.sub(r"(.)\1{2,}", r"\1\1", text)


def _place(piece: str) -> int:
    # Not hash(): that one differs from process to process.
    return zlib.crc32(piece.encode()) % PLACES
