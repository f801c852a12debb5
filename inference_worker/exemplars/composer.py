"""All that one reply reads: the talk in its form, with the exchanges nearest to its newest message.

Training calls the same functions with the very wording hidden that a row asks for, so that an adapter learns on prompts
as it will meet them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inference_worker.exemplars.exchanges import Exchange
from inference_worker.exemplars.index import Encoder, ExemplarIndex, Near
from inference_worker.exemplars.modest import ModestReplies
from inference_worker.exemplars.prompt_form import Context, Exemplar, in_form
from inference_worker.exemplars.slots import filled, slot_values
from inference_worker.training.rows import Message

SHOWN = 2  # exchanges before a message; a third costs a fifth more prompt and was seldom the right one

# Below this an exchange is about something else, and a far exemplar is worse than none (docs/training-log.md).
NEAR = 0.70
# Half a message that says two things ("벌써 금욜이다 주말에 뭐하지") has to be nearer: the other half goes unanswered.
NEAR_IN_PART = 0.86
SHORTEST_PART = 3  # characters
# A second exchange stands beside the nearest only where it is nearly as near: a small model copies either.
BESIDE = 0.06

MODEST = "modest"  # the id of a modest reply that stands in for a near exchange


@dataclass(frozen=True)
class Composition:
    """What a reply reads (`messages`) and which exemplars stand in it, the nearest first."""

    messages: list[Message]
    exemplars: tuple[Exemplar, ...] = ()

    @property
    def exemplar_ids(self) -> list[str]:
        """For the reply's lineage."""
        return [exemplar.id for exemplar in self.exemplars]


@dataclass(frozen=True)
class Asked:
    """What a reply is asked for beside the talk: who speaks (louder ones first), what is known of the visitor, their
    time, and a seed that says which of an exchange's replies is shown."""

    personas: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None
    seed: int = 0


class Composer:
    """Looks exemplars up and writes prompts. Many threads may use one; its index is replaced, never changed."""

    def __init__(
        self,
        encoder: Encoder,
        index: ExemplarIndex,
        modest: ModestReplies | None = None,
        *,
        reads_talk: bool = True,
    ) -> None:
        """`reads_talk` False leaves the turns before the newest out where an exemplar stands: with both to read, the
        small base makes something of neither (docs/training-log.md). A follow-up is looked up with the turn before it
        all the same."""
        self.encoder = encoder
        self.index = index
        self.modest = modest or ModestReplies({})
        self.reads_talk = reads_talk

    def compose(self, messages: Sequence[Message], asked: Asked, *, hidden: Iterable[str] = ()) -> Composition:
        """The prompt of a reply to the talk's newest message. `hidden` wordings are not found."""
        nearest = self.look_up(messages, asked, hidden=hidden)
        exemplars = tuple(shown_of(nearest, asked, messages[-1]["content"])) or self.modest_exemplar(messages, asked)
        context = Context(exemplars, asked.facts, asked.now if _asks_for_time(nearest) else None)
        read = messages if self.reads_talk or not exemplars else messages[-1:]
        return Composition(in_form(read, context), exemplars)

    def modest_exemplar(self, messages: Sequence[Message], asked: Asked) -> tuple[Exemplar, ...]:
        """Where nothing is near: a modest reply as the exemplar of this very message, in the loudest voice."""
        said, persona = messages[-1]["content"], asked.personas[0]
        reply = self.modest.for_message(said, persona, is_later=len(messages) > 1, number=asked.seed)
        return (Exemplar(MODEST, persona, said, reply, similarity=0.0),) if reply else ()

    def look_up(self, messages: Sequence[Message], asked: Asked, *, hidden: Iterable[str] = ()) -> list[Near]:
        """The exchanges near enough to the newest message; where there are none, to it and the message before it."""
        known = slot_values(asked.facts, asked.now)

        def fits(exchange: Exchange) -> bool:
            return exchange.fits(known) and any(slug in exchange.replies for slug in asked.personas)

        for wanted, least in queries(messages):
            vectors = self.encoder.encode(wanted)
            found = max(
                (self.index.nearest(vector, SHOWN, fits=fits, hidden=hidden) for vector in vectors),
                key=lambda nearest: nearest[0].similarity if nearest else 0.0,
            )
            near = [one for one in found if one.similarity >= max(least, found[0].similarity - BESIDE)]
            if near:
                return near
        return []


def queries(messages: Sequence[Message]) -> list[tuple[list[str], float]]:
    """What to look up and how near it has to be, in this order: the newest message; the visitor's one before it
    together with it; and the parts of a message that says two things, of which the nearest counts."""
    said = [message["content"] for message in messages if message["role"] == "user"]
    asked: list[tuple[list[str], float]] = [([said[-1]], NEAR)]
    if len(said) > 1:
        asked.append(([f"{said[-2]} {said[-1]}"], NEAR))
    if parts := parts_of(said[-1]):
        asked.append((parts, NEAR_IN_PART))
    return asked


def parts_of(message: str) -> list[str]:
    """The beginning and the end of a message at each of its first blanks, longer than a word or two; none of a short
    one. At most twelve: what is looked up for one message is bounded."""
    words = message.split()
    cuts = range(1, min(len(words), 7))
    halves = [" ".join(half) for cut in cuts for half in (words[:cut], words[cut:])]
    return [half for half in dict.fromkeys(halves) if len(half) >= SHORTEST_PART]


def shown_of(nearest: Sequence[Near], asked: Asked, message: str) -> list[Exemplar]:
    """One reply of each exchange, drawn by the seed, its slots filled. In a blend the personas take turns.

    Where the wording is another visitor's, the `message` itself stands in its place: nothing of theirs is said again.
    """
    draw = random.Random(asked.seed)  # noqa: S311  repeatable, not secret
    known = slot_values(asked.facts, asked.now)
    exemplars = []
    for number, near in enumerate(nearest):
        replies = near.exchange.replies
        wanted = asked.personas[number % len(asked.personas)]
        persona = wanted if wanted in replies else next(slug for slug in asked.personas if slug in replies)
        reply = filled(draw.choice(replies[persona]), known)
        said = message if near.exchange.is_private else near.wording
        exemplars.append(Exemplar(near.exchange.id, persona, said, reply, near.similarity))
    return exemplars


def _asks_for_time(nearest: Sequence[Near]) -> bool:
    return any(near.exchange.needs & {"time", "date", "weekday"} for near in nearest)
