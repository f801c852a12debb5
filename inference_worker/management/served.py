"""Whole replies as the chat gives them, to rows from a file instead of to visitors: exemplars and facts of the talk,
care in the place of the model, and what leaves the model looked at."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inference_worker.contracts import Sampling
from inference_worker.exemplars.composer import Composition
from inference_worker.prompting import ComposerInUse, asked_of, reads_exemplars
from inference_worker.reply_engine import PinnedAdapter, ReplyEngine, RunningReply
from inference_worker.training.rows import Message
from moderation import danger_of
from moderation.replies import fault_in
from moderation.written import answers_for
from personas.care.selectors import numbers
from personas.care.services import stand_in
from personas.memory.finding import facts_told
from personas.memory.selectors import facts_in_words

REDRAWS = 2  # of a reply that says what it must not, before a written one stands in


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
        waiting: deque[tuple[list[Message], Served | _Begun]] = deque()
        for number, talk in enumerate(talks):
            waiting.append((talk, self._in_care(talk) or self._begin(talk, now, number)))
            if len(waiting) >= 2 * self.engine.slots:
                yield self._ended(*waiting.popleft())
        while waiting:
            yield self._ended(*waiting.popleft())

    def _in_care(self, talk: Sequence[Message]) -> Served | None:
        """One of the written answers to danger in the newest message; None where a model may answer."""
        *before, newest = [message["content"] for message in talk if message["role"] == "user"]
        danger = danger_of(newest, before)
        if danger is None:
            return None
        answers = answers_for(self.persona, danger.kind, danger.who, danger.acute)
        return Served(answers[self.sampling.seed % len(answers)].filled(numbers()), kind="care")

    def _begin(self, talk: list[Message], now: datetime, number: int) -> "_Begun":
        composition = Composition(talk)
        if reads_exemplars(self.adapters):
            said = [message["content"] for message in talk if message["role"] == "user"]
            facts = facts_in_words(facts_told(said, now.date()))
            asked = asked_of(self.adapters, facts, now, self.sampling.seed + number)
            composition = self.composer.compose(talk, asked)
        return _Begun(composition, self._draw(composition, 0))

    def _draw(self, composition: Composition, draw: int) -> RunningReply:
        sampling = replace(self.sampling, seed=self.sampling.seed + draw)
        return self.engine.submit(composition.messages, list(self.adapters), sampling)

    def _ended(self, talk: list[Message], begun: "Served | _Begun") -> tuple[list[Message], Served]:
        return talk, begun if isinstance(begun, Served) else self._looked_at(begun)

    def _looked_at(self, begun: "_Begun") -> Served:
        exemplars = tuple(begun.composition.exemplar_ids)
        text = self._result(begun.running)
        for draw in range(1, REDRAWS + 1):
            if not fault_in(text):
                break
            text = self._result(self._draw(begun.composition, draw))
        if fault := fault_in(text):
            return Served(stand_in(persona=self.persona, fault=fault), exemplars, "stand-in")
        return Served(text, exemplars)

    def _result(self, running: RunningReply) -> str:
        result = running.result()
        if result.error:
            raise result.error
        return result.text.strip()


@dataclass(frozen=True)
class _Begun:
    composition: Composition
    running: RunningReply
