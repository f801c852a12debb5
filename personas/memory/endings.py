"""Endings and particles behind a noun. Which one is right depends on whether the noun ends in a consonant (받침), and
that tells 지민이야 (지민) from 유이야 (유이), and both from a word that only looks like one."""

from collections.abc import Iterator

_AFTER_CONSONANT = (
    "이야",
    "이에요",
    "이예요",
    "이에여",
    "이에용",
    "이구",
    "이구요",
    "이거든",
    "이거든요",
    "이지",
    "이다",
    "이당",
    "이얌",
    "이라서",
    "이라",
)
_AFTER_VOWEL = ("야", "예요", "에요", "예여", "이에요", "얌", "예용", "에용")
_AFTER_VOWEL_WEAK = ("고", "거든", "거든요", "지", "다", "당", "라서", "라")  # of 흔하다 and 예쁘고 as well
_AFTER_ANY = ("입니다", "입니당", "임", "인데", "인데요", "이고", "이고요")
_CALLED_AFTER_CONSONANT = ("이라고", "이라구", "이라", "으로")
_CALLED_AFTER_VOWEL = ("라고", "라구", "라", "로")
_OBJECT_AFTER_CONSONANT = ("을", "은")
_OBJECT_AFTER_VOWEL = ("를", "는")


def ends_in_consonant(word: str) -> bool:
    """Whether the last syllable is closed, as in 민; false for letters that are no Hangul."""
    return "가" <= word[-1] <= "힣" and (ord(word[-1]) - ord("가")) % 28 != 0


def is_noun_said(word: str) -> Iterator[str]:
    """What the word may be said of: `지민이야` gives `지민`. The surest first."""
    yield from _without(word, _AFTER_CONSONANT + _AFTER_ANY, _AFTER_VOWEL + _AFTER_ANY)


def may_be_noun_said(word: str) -> Iterator[str]:
    """The same, with endings that verbs have as well: `민수고` gives `민수`, and `예쁘고` gives `예쁘`."""
    yield from is_noun_said(word)
    yield from _without(word, (), _AFTER_VOWEL_WEAK)


def called(word: str) -> Iterator[str]:
    """What somebody is called: `지민이라고` gives `지민`."""
    yield from _without(word, _CALLED_AFTER_CONSONANT, _CALLED_AFTER_VOWEL)


def without_object_particle(word: str) -> str:
    """The noun without the particle behind it: `민트초코를` gives `민트초코`; a word without one as it is."""
    return next(_without(word, _OBJECT_AFTER_CONSONANT, _OBJECT_AFTER_VOWEL), word)


def _without(word: str, after_consonant: tuple[str, ...], after_vowel: tuple[str, ...]) -> Iterator[str]:
    for ending in sorted({*after_consonant, *after_vowel}, key=len, reverse=True):
        noun = word.removesuffix(ending)
        if noun in ("", word):
            continue
        is_latin = not "가" <= noun[-1] <= "힣"
        if is_latin or ending in (after_consonant if ends_in_consonant(noun) else after_vowel):
            yield noun
