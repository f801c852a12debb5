"""Who answers next, egen or teto, by what was said: pure functions over messages and a model."""

from collections.abc import Sequence

from personas.router.scoring import StyleModel, probability

CARRY = 0.4  # of what the messages before called for counts on with the next one
SURE = 0.7  # whoever speaks keeps the word until the other suits better with this probability


def choose(messages: Sequence[str], speaker: str | None, model: StyleModel) -> str:
    """`egen` or `teto`, to answer the last of a visitor's messages (oldest first); `speaker` answered the one before.

    The first message gets whoever suits it better. From then on whoever speaks goes on speaking unless the message,
    with what it carries on from those before it, clearly calls for the other: "ㅋㅋ" and "응" change nobody.
    """
    called = probability(called_for(messages, model))
    if speaker is None:
        return "teto" if called > 0.5 else "egen"
    for_other = called if speaker == "egen" else 1 - called
    if for_other < SURE:
        return speaker
    return "teto" if speaker == "egen" else "egen"


def called_for(messages: Sequence[str], model: StyleModel) -> float:
    """Log odds for teto at the end of these messages; each one's weight fades with every message after it."""
    total = 0.0
    for message in messages:
        total = CARRY * total + model.score(message)
    return total
