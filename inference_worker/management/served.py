"""Whole replies as the chat gives them, to rows from a file instead of to visitors: exemplars and facts of the talk,
care in the place of the model, and what leaves the model looked at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inference_worker.contracts import Sampling
from inference_worker.exemplars.composer import Composition
from inference_worker.generation import finished_in_order
from inference_worker.prompting import ComposerInUse, asked_of, reads_exemplars
from inference_worker.reply_engine import PinnedAdapter, ReplyEngine, RunningReply
from inference_worker.tasks import REDRAWS
from inference_worker.training.rows import Message
from moderation import danger_of
from moderation.replies import fault_in
from moderation.written import answers_for
from personas.care.selectors import numbers
from personas.care.services import stand_in
from personas.memory.finding import facts_told
from personas.memory.selectors import facts_in_words


@dataclass(frozen=True)
class Served:
    """A reply, and the ids of the exemplars that it saw. `kind` says who wrote it: "model", "care" or "stand-in"."""

    reply: str
    exemplars: tuple[str, ...] = ()
    kind: str = "model"


@dataclass(frozen=True)
class Server:
    """Answers talks as one persona, or as a blend, would answer visitors now."""

    engine: ReplyEngine
    composer: ComposerInUse
    adapters: Sequence[PinnedAdapter]
    sampling: Sampling
    persona: str  # who answers in care

    def serve(self, talks: Iterable[list[Message]], now: datetime) -> Iterator[tuple[list[Message], Served]]:
        """Yield (talk, reply) in the order asked, twice as many begun at a time as the engine writes at once.

        Raises EngineError or AdapterFileError of the first reply that fails.
        """
        begun = ((talk, self._in_care(talk) or self._begin(talk, now, turn)) for turn, talk in enumerate(talks))
        return finished_in_order(begun, 2 * self.engine.slots)

    def _in_care(self, talk: Sequence[Message]) -> "_Written | None":
        """One of the written answers to danger in the newest message; None where a model may answer."""
        *before, newest = [message["content"] for message in talk if message["role"] == "user"]
        danger = danger_of(newest, before)
        if danger is None:
            return None
        answers = answers_for(self.persona, danger.kind, danger.who, danger.acute)
        return _Written(Served(answers[self.sampling.seed % len(answers)].filled(numbers()), kind="care"))

    def _begin(self, talk: list[Message], now: datetime, number: int) -> "_Begun":
        composition = Composition(talk)
        if reads_exemplars(self.adapters):
            said = [message["content"] for message in talk if message["role"] == "user"]
            facts = facts_in_words(facts_told(said, now.date()))
            asked = asked_of(self.adapters, facts, now, self.sampling.seed + number)
            composition = self.composer.compose(talk, asked)
        return _Begun(self, composition, self.draw(composition, 0))

    def draw(self, composition: Composition, number: int) -> RunningReply:
        """Ask for a reply to the composition; another `number`, another draw."""
        sampling = replace(self.sampling, seed=self.sampling.seed + number)
        return self.engine.submit(composition.messages, list(self.adapters), sampling)


@dataclass(frozen=True)
class _Written:
    """A reply that people wrote: it is there at once."""

    served: Served

    def result(self) -> Served:
        return self.served


@dataclass(frozen=True)
class _Begun:
    """A reply that the engine writes."""

    server: Server
    composition: Composition
    running: RunningReply

    def result(self) -> Served:
        """The reply, drawn again where it says what it must not. Raises the engine's error."""
        exemplars = tuple(self.composition.exemplar_ids)
        text = _text_of(self.running)
        for number in range(1, REDRAWS + 1):
            if not fault_in(text):
                break
            text = _text_of(self.server.draw(self.composition, number))
        if fault := fault_in(text):
            return Served(stand_in(persona=self.server.persona, fault=fault), exemplars, "stand-in")
        return Served(text, exemplars)


def _text_of(running: RunningReply) -> str:
    result = running.result()
    if result.error:
        raise result.error
    return result.text.strip()
