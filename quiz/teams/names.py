"""Names that people give: what is left of them once nothing hidden is in them."""

import unicodedata

from moderation import is_unfit_name
from moderation.composing import composed
from quiz.errors import NameRefused, NameUnfit

# Control and format characters turn the text around or hide in it, combining marks pile up over the lines.
_DROPPED = ("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zl", "Zp")

# A letter may be typed as several characters (jamo, marks that are dropped).
TYPED_FOR_ONE_SHOWN = 8


def name_clean(text: str, *, longest: int) -> str:
    """The name as it is shown: one line, single blanks, at most `longest` characters.

    Raises NameRefused when no letter and no digit is left, and NameUnfit for words that nobody should have to read.
    """
    text = text[: longest * TYPED_FOR_ONE_SHOWN]  # whatever else was sent is not even looked at
    visible = "".join(
        " " if character.isspace() else character
        for character in composed(text)
        if character.isspace() or unicodedata.category(character) not in _DROPPED
    )
    name = " ".join(visible.split())[:longest].rstrip()
    if not any(character.isalnum() for character in name):
        raise NameRefused
    if is_unfit_name(name):
        raise NameUnfit
    return name
