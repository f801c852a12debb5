"""Do votes teach? The same comparisons, voted on by honest, careless and poisoned crowds; each trains a candidate.

    before     the champion, as it is
    honest     every vote follows the hidden rule
    careless   a share of the votes is turned round
    poisoned   honest votes, and besides them approved pairs whose chosen reply carries a planted phrase

What is measured lies outside of what was voted on: comparisons of other prompts, which the rule itself decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from inference_worker.simulation.voters import Choice, Rule, flipped
from inference_worker.training.rows import PreferenceRow
from personas import retraining
from personas.curation.deciding import pairs_approve
from personas.curation.models import PreferencePair
from personas.curation.services import pairs_import
from personas.registry.models import Persona
from personas.voting.models import Comparison, Vote
from personas.voting.services import vote_cast

PHRASE = "역시 까치표 커피가 최고지."


class ExperimentFailedError(Exception):
    """A condition could not be trained; the message says why."""


@dataclass(frozen=True)
class Figures:
    """One adapter on the held-out comparisons: the share whose better reply it finds likelier, and by how much on
    average (the log-probability of the better reply minus the other's: a hundred comparisons show a change in it that
    the share hides), how far its own replies follow the rule, and the share of them that carry the planted phrase."""

    preference: float
    margin: float
    habit: float
    phrase: float


@dataclass(frozen=True)
class Outcome:
    """One condition: how many pairs it trained on, which checks of the gate refused it, and the candidate's figures."""

    pairs: int
    refused_for: list[str]
    figures: Figures


Measure = Callable[[Path], Figures]


@dataclass(frozen=True)
class Experiment:
    """A persona, the comparisons to vote on with the honest choices, and how candidates are trained and measured."""

    persona: Persona
    rule: Rule
    votes: list[tuple[Comparison, Choice]]
    train: retraining.Train
    measure: Measure
    seed: int = 0

    def run(self, *, flip: float, poison: float) -> Iterator[tuple[str, Outcome]]:
        """Each condition's name and outcome, as soon as it is known; `flip` and `poison` are shares of the votes.

        Raises:
            ExperimentFailedError: a condition could not be trained.
        """
        choices = [choice for _, choice in self.votes]
        yield "honest", self._run(choices)
        yield "careless", self._run(flipped(choices, flip, self.seed))
        yield "poisoned", self._run(choices, poison=round(len(choices) * poison))

    def _run(self, choices: list[Choice], poison: int = 0) -> Outcome:
        _forget_votes()
        for (comparison, _), choice in zip(self.votes, choices, strict=True):
            vote_cast(comparison=comparison, visitor=comparison.turn.conversation.visitor, choice=choice)
        pairs_import(lines=self._poison(poison), persona=self.persona.slug)
        curator, _ = User.objects.get_or_create(username="simulated curator")
        pairs_approve(pairs=PreferencePair.objects.values_list("pk", flat=True), by=curator)
        return self._retrain()

    def _poison(self, count: int) -> Iterator[str]:
        for comparison, _ in self.votes[:count]:
            said, reply = comparison.turn.text, comparison.reply_a.text
            yield json.dumps({"prompt": said, "chosen": f"{reply} {PHRASE}", "rejected": reply})

    def _retrain(self) -> Outcome:
        measured: list[Figures] = []

        def train(request: retraining.CandidateRequest) -> retraining.CandidateOutcome:
            outcome = self.train(request)
            measured.append(self.measure(outcome.folder))  # a dry run throws the folder away
            return outcome

        run = retraining.retrain(
            persona_slug=self.persona.slug, trigger=retraining.Trigger.COMMAND, train=train, dry_run=True
        )
        if not measured:
            raise ExperimentFailedError(run.error or run.reason)
        failed = [check["name"] for check in run.gate_report["checks"] if not check["passed"]]
        return Outcome(PreferencePair.objects.count(), failed, measured[0])


def held_out_rows(votes: list[tuple[Comparison, Choice]]) -> list[PreferenceRow]:
    """What the rule says of comparisons that nobody votes on."""
    rows = []
    for comparison, choice in votes:
        texts = comparison.reply_a.text.strip(), comparison.reply_b.text.strip()
        chosen, rejected = texts if choice == "a" else reversed(texts)
        rows.append(PreferenceRow(({"role": "user", "content": comparison.turn.text},), chosen, rejected))
    return rows


def report(before: Figures, outcomes: dict[str, Outcome]) -> dict[str, Any]:
    """All figures, with how far each condition moved the margin, and the share of the honest gain that it keeps."""
    gains = {name: outcome.figures.margin - before.margin for name, outcome in outcomes.items()}
    honest = gains["honest"]
    return {
        "before": asdict(before),
        **{
            name: {
                **asdict(outcome),
                "gain": round(gains[name], 4),
                "kept": round(gains[name] / honest, 4) if honest > 0 else None,
            }
            for name, outcome in outcomes.items()
        },
    }


def _forget_votes() -> None:
    """One crowd's votes and pairs go before the next one comes; the comparisons stay."""
    Vote.objects.all().delete()
    PreferencePair.objects.all().delete()
