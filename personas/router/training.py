"""Teaching the router, and measuring it. A few hundred messages need no library: this takes seconds."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from personas.ratings.intervals import wilson_interval
from personas.router.choosing import SURE, choose
from personas.router.data import LabelledMessage
from personas.router.features import features_of
from personas.router.scoring import StyleModel, probability

WANTED = {"egen": 0.0, "either": 0.5, "teto": 1.0}  # the probability of teto that the model is to give
EPOCHS = 40
RATE = 2.0
DECAY = 0.02  # of each weight per epoch: what few messages say must not weigh much


def train(messages: Sequence[LabelledMessage], seed: int = 0) -> StyleModel:
    """Logistic regression by stochastic gradient descent, repeatable by its seed."""
    rows = [(features_of(said.text), WANTED[said.suits]) for said in messages]
    order = random.Random(seed)  # noqa: S311  nothing here is secret
    bias, weights = 0.0, defaultdict[int, float](float)
    for epoch in range(EPOCHS):
        rate = RATE / (1 + epoch / 10)
        order.shuffle(rows)
        for features, wanted in rows:
            score = bias + sum(value * weights[place] for place, value in features.items())
            step = rate * (wanted - probability(score))
            bias += 0.01 * step  # slowly: how many of each kind were written says little about visitors
            for place, value in features.items():
                weights[place] += step * value
        for place in weights:
            weights[place] *= 1 - DECAY
    return StyleModel(round(bias, 4), {place: round(weight, 3) for place, weight in weights.items() if weight})


@dataclass(frozen=True)
class Share:
    """How many of how many, with the 95 % interval of Wilson, which holds near 0 and 1 too."""

    of: int
    hits: int

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end."""
        return wilson_interval(self.hits, self.of)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits / self.of:.3f} ({low:.3f} to {high:.3f}), {self.hits} of {self.of}"


def accuracy(model: StyleModel, messages: Sequence[LabelledMessage]) -> Share:
    """Of messages that suit one of the two, how many the model gives to that one."""
    rows = [said for said in messages if said.suits != "either"]
    return Share(len(rows), sum((model.score(said.text) > 0) == (said.suits == "teto") for said in rows))


def accuracy_where_sure(model: StyleModel, messages: Sequence[LabelledMessage]) -> Share:
    """The same of those messages only on which one message alone would make the speaker change."""
    return accuracy(model, [said for said in messages if is_sure(model, said.text)])


def held_back(model: StyleModel, messages: Sequence[LabelledMessage]) -> Share:
    """Of messages that call for neither, on how many the speaker stays, whoever it is."""
    rows = [said for said in messages if said.suits == "either"]
    return Share(len(rows), sum(not is_sure(model, said.text) for said in rows))


def is_sure(model: StyleModel, message: str) -> bool:
    """Whether this message by itself would change a speaker whom it doesn't suit."""
    called = probability(model.score(message))
    return max(called, 1 - called) >= SURE


def changes_per_dialogue(model: StyleModel, dialogues: Sequence[Sequence[str]], *, calm: bool = True) -> float:
    """How often the speaker changes after a dialogue's first message; not `calm`: by each message alone."""
    changes = 0
    for messages in dialogues:
        speaker = choose(messages[:1], None, model)
        for end in range(2, len(messages) + 1):
            before = speaker
            speaker = choose(messages[:end], before, model) if calm else _by_sign(model, messages[end - 1])
            changes += speaker != before
    return changes / len(dialogues)


def _by_sign(model: StyleModel, message: str) -> str:
    return "teto" if model.score(message) > 0 else "egen"
