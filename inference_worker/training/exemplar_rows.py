"""SFT rows as they will be served: each with the exemplars that its message would meet.

The row's own wording is hidden from the look-up, so what is found is its intent in another wording, a distractor, or
both; some rows see nothing, and some know a name. Where the own intent was found, the reply in the prompt is the one
to learn most of the time, and its twin otherwise: the persona learns to lean on what was written, and that it may say
it another way. Where only distractors were found it learns to answer without them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from inference_worker.exemplars.composer import MODEST, Asked, Composer, Composition
from inference_worker.exemplars.exchanges import Exchange
from inference_worker.exemplars.prompt_form import Context, Exemplar, in_form
from inference_worker.exemplars.slots import filled, slot_values
from inference_worker.training.rows import ChatRow, Message
from inference_worker.training.seed_data import SeedData
from inference_worker.training.settings import ExemplarRowSettings


@dataclass(frozen=True)
class RowMaker:
    """Makes rows of one persona from what was written. Deterministic: the seed and the ids decide."""

    composer: Composer
    persona: str
    settings: ExemplarRowSettings
    names: tuple[str, ...]
    seed: int

    def rows(self, data: SeedData, passes: float) -> list[ChatRow]:
        """All that the persona learns from: `passes` rows of each exchange, every talk, and the rows of its own."""
        talks = [talk.row(self.persona) for talk in data.talks() if self.persona in talk.replies]
        return [
            *self.from_exchanges(data.intents("train"), passes),
            *(self.from_talk(row) for row in talks if row.split == "train"),
            *data.own_rows(self.persona, "train"),
        ]

    def from_exchanges(self, exchanges: Sequence[Exchange], passes: float) -> list[ChatRow]:
        """`passes` rows of each exchange (0.5: one of every second), each of another wording and reply."""
        return list(self._from_exchanges([one for one in exchanges if self.persona in one.replies], passes))

    def _from_exchanges(self, exchanges: Sequence[Exchange], passes: float) -> Iterator[ChatRow]:
        whole, part = divmod(passes, 1)
        for exchange in exchanges:
            draw = self._draw(exchange.id)
            wordings = draw.sample(exchange.wordings, len(exchange.wordings))
            for number in range(int(whole) + (draw.random() < part)):
                yield self._row(exchange, wordings[number % len(wordings)], number, draw)

    def from_talk(self, talk: ChatRow) -> ChatRow:
        """A talk whose newest message stands in the form; the turns before it are as they were said."""
        draw = self._draw(talk.id)
        asked = self._asked(draw, None)
        if draw.random() < self.settings.plain_share:
            return talk
        said = talk.messages[-2]["content"]
        before = talk.messages[-4]["content"] if len(talk.messages) > 2 else ""
        composition = self.composer.compose(talk.prompt, asked, hidden={said, f"{before} {said}".strip()})
        return ChatRow(talk.id, (*composition.messages, talk.messages[-1]), talk.split, talk.category)

    def _row(self, exchange: Exchange, wording: str, number: int, draw: random.Random) -> ChatRow:
        asked = self._asked(draw, exchange)
        prompt: list[Message] = [{"role": "user", "content": wording}]
        composition = self._prompt(prompt, exchange, asked, draw)
        reply = self._reply(exchange, composition.exemplars, asked, draw)
        answered: Message = {"role": "assistant", "content": reply}
        return ChatRow(f"{exchange.id}#{number}", (*composition.messages, answered), exchange.split)

    def _prompt(self, prompt: list[Message], exchange: Exchange, asked: Asked, draw: random.Random) -> Composition:
        """What stands beside the message: nothing, a modest reply as if nothing were near, or what is found."""
        lot = 1.0 if exchange.needs else draw.random()
        if lot < self.settings.plain_share:
            return Composition(in_form(prompt, Context(facts=asked.facts)))
        if lot < self.settings.plain_share + self.settings.modest_share:
            exemplars = self.composer.modest_exemplar(prompt, asked)
            return Composition(in_form(prompt, Context(exemplars, asked.facts)), exemplars)
        return self.composer.compose(prompt, asked, hidden={prompt[-1]["content"]})

    def _reply(self, exchange: Exchange, shown: Sequence[Exemplar], asked: Asked, draw: random.Random) -> str:
        """What the prompt shows of the own intent, or another of its replies."""
        if any(exemplar.id == MODEST for exemplar in shown):
            return shown[0].reply
        own = [exemplar.reply for exemplar in shown if exemplar.id == exchange.id]
        if own and draw.random() < self.settings.copied_share:
            return own[0]
        return filled(draw.choice(exchange.replies[self.persona]), slot_values(asked.facts, asked.now))

    def _asked(self, draw: random.Random, exchange: Exchange | None) -> Asked:
        """With a random hour, and a name where the exchange needs one, or by chance where it doesn't mind."""
        needs, lacks = (exchange.needs, exchange.lacks) if exchange else (frozenset[str](), frozenset[str]())
        facts = {}
        if "name" in needs or (self.names and "name" not in lacks and draw.random() < self.settings.named_share):
            facts["이름"] = draw.choice(self.names)
        if "pet" in needs:
            facts["반려동물"] = draw.choice(self.names)
        hour = datetime(2026, draw.randint(1, 12), draw.randint(1, 28), draw.randrange(24), draw.randrange(60))
        return Asked((self.persona,), facts, hour, seed=draw.getrandbits(31))

    def _draw(self, row_id: str) -> random.Random:
        return random.Random(f"{self.seed}:{self.persona}:{row_id}")  # noqa: S311  repeatable, not secret
