"""Reading words as they were meant: people write 시1발, ㅅㅣㅂㅏㄹ or 시 발 where they expect a filter."""

import re
import unicodedata

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"

_FULL_WIDTH = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F)}
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")

_LETTER = "가-힣ㄱ-ㅣ"
_BETWEEN_LETTERS = re.compile(rf"(?<=[{_LETTER}])[^\sa-z{_LETTER}]+(?=[{_LETTER}])")
_SINGLES = re.compile(rf"(?<![{_LETTER}])[{_LETTER}](?:[^a-z{_LETTER}]+[{_LETTER}])+(?![{_LETTER}])")
_JAMO = re.compile(rf"([{_INITIALS}])([{_VOWELS}])(?:([{_FINALS}])(?![{_VOWELS}]))?")
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


def readings(message: str) -> list[str]:
    """The message as it stands, and once more without disguise where that makes a difference."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFC", message)).translate(_FULL_WIDTH).lower()
    meant = _without_disguise(plain)
    return [plain] if meant == plain else [plain, meant]


def _without_disguise(text: str) -> str:
    text = _SHORT_FORM.sub(lambda short: _SHORT.get(short[0], "팔"), text)
    text = _BETWEEN_LETTERS.sub("", text)
    # Syllables that all stand alone are one word, spelt out; next to a whole word a space is just a space: 다시 발표.
    text = _SINGLES.sub(lambda spelt: "".join(re.findall(f"[{_LETTER}]", spelt[0])), text)
    text = _JAMO.sub(_syllable, text)
    return _SHORT_FORM.sub(lambda short: _SHORT.get(short[0], "팔"), text)


def _syllable(jamo: re.Match[str]) -> str:
    initial, vowel, final = jamo.groups()
    place = (_INITIALS.index(initial) * 21 + _VOWELS.index(vowel)) * 28
    return chr(0xAC00 + place + (_FINALS.index(final) + 1 if final else 0))
