"""Which name is not fit to be shown to others, who did not ask to read it."""

from moderation import words
from moderation.abuse import is_abuse
from moderation.danger import danger_of
from moderation.spelling import meant_by


def is_unfit_name(name: str) -> bool:
    """Whether the name insults, threatens or swears, however it is spelt, or holds a danger that a message may hold."""
    danger = danger_of(name)
    is_danger = danger is not None and danger.acute != "ask"  # a name is no cry for help in doubt
    return is_danger or is_abuse(name) or any(words.RUDE_NAME.search(text) for text in meant_by(name))
