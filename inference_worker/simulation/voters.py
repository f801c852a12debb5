"""Voters whose taste is known, so that what a persona learns from them can be measured."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean
from typing import Literal

Choice = Literal["a", "b", "tie"]


@dataclass(frozen=True)
class Rule:
    """A hidden taste. Of two replies the one with the larger `taste` is better; `habit` says, over many replies, how
    far a persona follows it."""

    name: str
    taste: Callable[[str], float]
    habit: Callable[[list[str]], float]
    habit_name: str

    def pick(self, a: str, b: str) -> Choice:
        """Which reply is better; a tie where the rule sees no difference. Blanks around a reply are not looked at."""
        first, second = self.taste(a.strip()), self.taste(b.strip())
        return "tie" if first == second else "a" if first > second else "b"


def _marks(reply: str) -> int:
    """How excited it looks."""
    return len(re.findall(r"[?!~ㅠㅜㅋㅎ]+", reply))


def _share_asking(replies: list[str]) -> float:
    return mean("?" in reply for reply in replies)


RULES = {
    rule.name: rule
    for rule in (
        Rule("asks-back", lambda reply: float("?" in reply), _share_asking, "share of replies that ask back"),
        Rule(
            "calmer", lambda reply: -float(_marks(reply)), lambda replies: mean(map(_marks, replies)), "marks a reply"
        ),
        Rule(
            "shorter",
            lambda reply: -float(len(reply)),
            lambda replies: mean(len(reply) for reply in replies),
            "characters a reply",
        ),
    )
}


def flipped(choices: list[Choice], share: float, seed: int) -> list[Choice]:
    """The same votes with this share of them turned round: careless voters, or bad ones."""
    turned = random.Random(seed).sample(range(len(choices)), round(len(choices) * share))  # noqa: S311  repeatable
    other: dict[Choice, Choice] = {"a": "b", "b": "a", "tie": "tie"}
    return [other[choice] if index in set(turned) else choice for index, choice in enumerate(choices)]
