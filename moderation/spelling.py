"""Reading swear words as they were meant: people write 시1발, ㅅㅣㅂㅏㄹ or 시 발 where they expect a filter.

Unlike `folding` it keeps the blanks between words, which tell 다시 발표 from an insult.
"""

import re

from moderation.folding import compose, plain

PIECE = 240  # letters that a pattern is given at a time, each half of them twice: so a long text costs by its length

_LETTER = "가-힣ㄱ-ㅣ"
_BETWEEN_LETTERS = re.compile(rf"(?<=[{_LETTER}])[^\sa-z{_LETTER}]+(?=[{_LETTER}])")
_SINGLES = re.compile(rf"(?<![{_LETTER}])[{_LETTER}](?:[^a-z{_LETTER}]+[{_LETTER}])+(?![{_LETTER}])")
# What is written by its first letters alone. 8 reads "pal".
_SHORT = {
    "ㅄ": "병신",
    "ㅂㅅ": "병신",
    "ㅆㅂ": "씨발",
    "ㅅㅂ": "시발",
    "ㅅㄲ": "새끼",
    "ㄱㅅㄲ": "개새끼",
    "ㄴㄱㅁ": "느금마",
}
_SHORT_FORM = re.compile("|".join(sorted(_SHORT, key=len, reverse=True)) + r"|(?<=[씨시])8(?!\d)")


def meant_by(message: str) -> list[str]:
    """The message as it stands, and once more without disguise where that makes a difference."""
    text = plain(message)
    meant = _without_disguise(text)
    return [text] if meant == text else [text, meant]


def pieces(text: str) -> list[str]:
    """A long text in overlapping pieces, a short one as it is."""
    return [text[start : start + PIECE] for start in range(0, max(len(text) - PIECE // 2, 1), PIECE // 2)]


def _without_disguise(text: str) -> str:
    text = _SHORT_FORM.sub(lambda short: _SHORT.get(short[0], "팔"), text)
    text = _BETWEEN_LETTERS.sub("", text)
    # Syllables that all stand alone are one word, spelt out; next to a whole word a space is just a space: 다시 발표.
    text = _SINGLES.sub(lambda spelt: "".join(re.findall(f"[{_LETTER}]", spelt[0])), text)
    text = compose(text)
    return _SHORT_FORM.sub(lambda short: _SHORT.get(short[0], "팔"), text)
