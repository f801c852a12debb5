"""What a danger is: its kind, whom it concerns, and how soon. What each kind means is told in docs/safety.md."""

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "suicide",
    "self_harm",
    "overdose",
    "domestic_violence",
    "sexual_violence",
    "stalking",
    "bullying",
    "medical",
    "eating_disorder",
    "harm_others",
    "minors",
]
Who = Literal["self", "other"]
# "ask": the words do not say; a written question does. "thoughts" of it, "soon", or happening "now".
Acute = Literal["now", "soon", "thoughts", "ask"]

KINDS: tuple[Kind, ...] = get_args(Kind)
WHO: tuple[Who, ...] = get_args(Who)
TOLD: tuple[Acute, ...] = ("now", "soon", "thoughts")  # what a row of the training set may say


@dataclass(frozen=True)
class Danger:
    """A message that no model may answer."""

    kind: Kind
    who: Who
    acute: Acute
