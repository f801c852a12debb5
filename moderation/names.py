"""Which name is not fit to be shown to others, who did not ask to read it."""

from moderation import words
from moderation.danger import danger_in
from moderation.spelling import readings


def is_unfit_name(name: str) -> bool:
    """Whether the name insults, threatens or swears, however it is spelt, or holds a danger that a message may hold."""
    return danger_in(name) is not None or any(words.RUDE_NAME.search(text) for text in readings(name))
