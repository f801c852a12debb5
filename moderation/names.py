"""Which name is not fit to be shown to others, who did not ask to read it."""

from moderation import words
from moderation.abuse import is_abuse
from moderation.folding import folded
from moderation.phrases import phrase_in
from moderation.sexual import is_sexual_about_minors
from moderation.spelling import meant_by


def is_unfit_name(name: str) -> bool:
    """Whether the name insults, threatens or swears, however it is spelt, or holds a danger that a message may hold."""
    if phrase_in(folded(name)) or is_sexual_about_minors(name) or is_abuse(name):
        return True
    return any(words.RUDE_NAME.search(text) for text in meant_by(name))
