"""Reading a message as it was meant: every way to spell the same words folds to the same letters.

Decomposed Hangul (ᄌ + ᅮ + ᆨ), half and full width, letters that cannot be seen, syllables spelt out (ㅈㅜㄱ), blanks,
dots or hearts between syllables, and letters drawn out all vanish here. Linear in the message's length.
"""

import re
import unicodedata

from moderation.composing import composed

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


_NAMED = {unicodedata.name(letter): letter for letter in INITIALS + VOWELS + FINALS}
# Full and half width, Hangul among them, as the plain letter.
_WIDTHS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F)} | {
    code: _NAMED.get(unicodedata.name(chr(code), "").removeprefix("HALFWIDTH "), chr(code))
    for code in range(0xFFA1, 0xFFDD)
}
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_MARKS = re.compile("[\u0300-\u036f\u20d0-\u20ff]")  # struck through, overlined
_CONJOINING = {0x1100 + at: letter for at, letter in enumerate(INITIALS)}
_CONJOINING |= {0x1161 + at: letter for at, letter in enumerate(VOWELS)}
_CONJOINING |= {0x11A8 + at: letter for at, letter in enumerate(FINALS)}

_SPELT_OUT = re.compile(rf"([{INITIALS}])([{VOWELS}])(?:([{FINALS}])(?![{VOWELS}]))?")
_NOT_SAID = re.compile("[\\W_]+")  # blanks, punctuation, hearts
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_DIGITS = re.compile("[0-9]+")
_EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")


def plain(message: str) -> str:
    """The message in small letters, composed, of one width, without what cannot be seen; blanks and marks stay."""
    text = composed(message).translate(_WIDTHS)
    text = _MARKS.sub("", _UNSEEN.sub("", text)).translate(_CONJOINING)
    return unicodedata.normalize("NFC", text).lower()


def folded(message: str) -> str:
    """Only the letters, digits and emoji of a message, spelt-out syllables composed, none more than twice in a row."""
    text = "".join(_said(piece) for piece in _pieces(plain(message)))
    return _DRAWN_OUT.sub(r"\1\1", compose(text))


def compose(text: str) -> str:
    """Syllables that are spelt out letter by letter, as syllables."""
    return _SPELT_OUT.sub(_syllable, text)


def readings(message: str) -> list[str]:
    """The folded message, and once more without digits and emoji where it has any: 죽1고 is read as 죽고."""
    text = folded(message)
    letters = _EMOJI.sub("", _DIGITS.sub("", text))
    return [text] if letters == text or not letters else [text, letters]


def jamo_of(syllable: str) -> str:
    """The letters that a syllable is written with; anything else as it is."""
    return _JAMO.get(syllable, syllable)


def _pieces(text: str) -> list[str]:
    return re.split(f"({_EMOJI.pattern})", text)


def _said(piece: str) -> str:
    return piece if _EMOJI.fullmatch(piece) else _NOT_SAID.sub("", piece)


def _syllable(spelt: re.Match[str]) -> str:
    initial, vowel, final = spelt.groups()
    place = (INITIALS.index(initial) * 21 + VOWELS.index(vowel)) * 28
    return chr(0xAC00 + place + (FINALS.index(final) + 1 if final else 0))


_JAMO = {
    chr(0xAC00 + (at * 21 + middle) * 28 + end): initial + vowel + final
    for at, initial in enumerate(INITIALS)
    for middle, vowel in enumerate(VOWELS)
    for end, final in enumerate(("", *FINALS))
}
