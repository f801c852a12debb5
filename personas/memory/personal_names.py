"""Which words may be somebody's name, and the part of a full name that is kept."""

from personas.memory.endings import ends_in_consonant
from personas.memory.fitness import is_fit
from personas.memory.word_lists import given_names, words

COMMON_SURNAMES = "김이박최정강조윤장임한오서신권황안송류유홍전고문양손배백허남심노곽성차주우구민나진"
RARER_SURNAMES = "엄원천방공현함변염여추도소석선설마길위표명기반하지채"
VERY_COMMON_SURNAMES = COMMON_SURNAMES[:5]
LONGEST_NAME = 6  # syllables, of a nickname


def short(name: str) -> str:
    """The given name alone, without the surname, and without the 이 of 지민이. The full name is not kept."""
    if len(name) == 4 and name.endswith("이") and name[0] in COMMON_SURNAMES and name[1:3] in given_names():
        return name[1:3]
    if len(name) == 3 and name not in words("not_names") and name[:2] not in given_names() and _has_surname(name):
        return name[1:]
    if len(name) == 3 and name.endswith("이") and ends_in_consonant(name[:-1]) and name[:-1] in given_names():
        return name[:-1]
    return name


def _has_surname(name: str) -> bool:
    """Whether three syllables begin with a surname: a very common one, or one before a common given name."""
    return name[0] in VERY_COMMON_SURNAMES or (
        name[0] in COMMON_SURNAMES + RARER_SURNAMES and name[1:] in given_names()
    )


def is_given_name(name: str) -> bool:
    """Whether people are often called so."""
    return name in given_names()


def is_name(name: str) -> bool:
    """Whether somebody who says so may be called this."""
    is_written = name.isascii() or 2 <= len(name) <= LONGEST_NAME
    return bool(name) and is_written and name.lower() not in words("not_names") and is_fit(name)


def is_sure_name(name: str) -> bool:
    """Whether it is a common given name that is hardly anything else: "나 수정" may be about an edit."""
    return is_given_name(name) and name not in words("names_and_words")
