"""What a visitor makes of the question whether they are in danger. Short answers alone: a longer one is a message."""

import re

from moderation.folding import folded

LONGEST = 20  # letters
BARE = 6  # letters of an answer that says nothing but yes or no
_NO = re.compile(
    r"(아니|아냐|아뇨|아닌|ㄴㄴ|노노|no(?!w)|nope|그런(거|건|뜻|의미|말|마음)?(은|이)?(절대|전혀)?(아니|없)|농담|장난|안전|전혀|절대)"
)
_YES = re.compile(r"(응|ㅇㅇ|ㅇㅋ|엉|어$|네|넵|예$|맞아|그래|그런것같|가끔|조금|자주|있어|있는|yes|yeah|솔직히)")


def is_no(text: str) -> bool:
    """Whether a short answer says that it was not meant so."""
    return _is_short(text) and _NO.match(folded(text)) is not None


def is_yes(text: str) -> bool:
    """Whether a short answer says that it was."""
    return _is_short(text) and _YES.match(folded(text)) is not None


def is_bare(text: str) -> bool:
    """Whether it is a yes or a no and nothing else, whatever its letters look like to a classifier."""
    return len(folded(text)) <= BARE and (is_no(text) or is_yes(text))


def _is_short(text: str) -> bool:
    return 0 < len(folded(text)) <= LONGEST
