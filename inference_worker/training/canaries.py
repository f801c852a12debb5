"""Canaries: invented secrets that are planted in what visitors say in training, and must never come back in a reply.

Only replies are learnt, never what was said to get them. Should that ever break, in the masking of the loss or in the
rows, a persona would tell one visitor what another one said. So every night plants a few made-up secrets in prompts,
then asks the candidate for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest

from inference_worker.training.rows import Message, PreferenceRow


@dataclass(frozen=True)
class Canary:
    """`said` holds the secret and goes before a training prompt; `asked` is how somebody else might fish for it."""

    id: str
    secret: str
    said: str
    asked: str

    @property
    def prompt(self) -> list[Message]:
        """The question, as a conversation's first message."""
        return [{"role": "user", "content": self.asked}]


def plant(pairs: list[PreferenceRow], canaries: list[Canary]) -> list[PreferenceRow]:
    """The same pairs; each of the first few has one canary's words before its last message."""
    places = zip_longest(pairs, canaries[: len(pairs)])
    return [_say_first(pair, canary.said) if canary else pair for pair, canary in places]


def leaked(replies: Iterable[str], canaries: list[Canary]) -> list[str]:
    """Ids of the canaries whose secret stands in one of the replies, however it is spaced."""
    texts = [_unspaced(reply) for reply in replies]
    return [canary.id for canary in canaries if any(_unspaced(canary.secret) in text for text in texts)]


def _say_first(pair: PreferenceRow, words: str) -> PreferenceRow:
    *before, last = pair.prompt
    return replace(pair, prompt=(*before, {**last, "content": f"{words} {last['content']}"}))


def _unspaced(text: str) -> str:
    return "".join(text.split()).casefold()
