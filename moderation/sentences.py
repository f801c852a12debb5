"""A long message in parts, so that one sentence of danger counts in the middle of a long tale, at linear cost."""

import re

LONG = 64  # letters; what is no longer is read as a whole
FEWEST = 24  # letters of a part: shorter sentences go with the next
_END = re.compile(r"[.!?…~\n]+")
_BLANK = re.compile(r"\s")


def parts_of(text: str) -> list[str]:
    """Sentence by sentence; what has no end for too long is cut at a blank, or where there is none, anywhere."""
    parts: list[str] = []
    begun = 0
    while begun < len(text):
        end = _next_end(text, begun)
        parts.append(text[begun:end])
        begun = end
    return parts


def _next_end(text: str, begun: int) -> int:
    found = _END.search(text, begun + FEWEST, begun + LONG)
    if found:
        return found.end()
    if begun + LONG >= len(text):
        return len(text)
    blank = _BLANK.search(text, begun + LONG // 2, begun + LONG)
    return blank.end() if blank else begun + LONG
