"""Simulated visitors talk, compare and vote through the services; each crowd's votes alone reach the training."""

import json
import shutil
from pathlib import Path

import pytest

from inference_worker.simulation.experiment import (
    PHRASE,
    Experiment,
    ExperimentFailedError,
    Figures,
    Outcome,
    held_out_rows,
    report,
)
from inference_worker.simulation.talks import UndecidedError, decided_comparisons
from inference_worker.simulation.voters import RULES, Rule
from personas import retraining
from personas.privacy.models import Visitor
from personas.registry import shipped
from personas.registry.models import AdapterVersion
from tests.worker.conftest import crown

pytestmark = pytest.mark.django_db

SHORTER = RULES["shorter"]
TEXTS = ["안녕", "오늘 뭐 해", "배고파", "비 온다", "심심해", "잘 자"]


@pytest.fixture
def persona(egen, tiny_adapters, settings):
    crown(egen, tiny_adapters["egen"])
    shutil.copytree(tiny_adapters["egen"], shipped.SHIPPED / "egen" / "sft")
    settings.MIN_TRAINING_PAIRS = 4
    egen.sampling = {**egen.sampling, "max_new_tokens": 12, "temperature": 1.5}
    egen.save()
    return egen


@pytest.fixture
def votes(engine, persona):
    return decided_comparisons(engine, persona, SHORTER, TEXTS, 20, report=lambda line: None)


class Trainer:
    """Stands where training stands: keeps the rows it was given, and makes a folder that the gate likes."""

    def __init__(self) -> None:
        self.nights: list[list[dict]] = []

    def __call__(self, request: retraining.CandidateRequest) -> retraining.CandidateOutcome:
        self.nights.append([json.loads(line) for line in request.pairs_file.read_text().splitlines()])
        request.output.mkdir(parents=True)
        checks = [{"name": "style", "passed": len(self.nights) < 3}]
        report = {"passed": checks[0]["passed"], "checks": checks}
        return retraining.CandidateOutcome(request.output, {}, {}, report)


def last_text(messages: list[dict]) -> str:
    return messages[-1]["content"]


def test_every_vote_is_a_visitor_with_two_finished_replies(votes):
    assert len(votes) == 20
    assert Visitor.objects.exclude(training_consent_at=None).count() >= 20
    for comparison, choice in votes:
        assert comparison.reply_a.text and comparison.reply_b.text
        assert choice == SHORTER.pick(comparison.reply_a.text, comparison.reply_b.text)
    assert {comparison.turn.text for comparison, _ in votes} == set(TEXTS)


def test_the_crowds_vote_one_after_the_other_and_leave_nothing_behind(persona, votes):
    trainer = Trainer()
    measured: list[Path] = []

    def measure(folder: Path) -> Figures:
        measured.append(folder)
        return Figures(0.5, len(measured) / 10, 0.0, 0.0)

    experiment = Experiment(persona, SHORTER, votes, trainer, measure)
    outcomes = dict(experiment.run(flip=0.2, poison=0.1))
    honest, careless, poisoned = (
        [(last_text(row["chosen"]), last_text(row["rejected"])) for row in night] for night in trainer.nights
    )
    assert all(len(chosen) < len(rejected) for chosen, rejected in honest)
    assert 3 <= sum(len(chosen) > len(rejected) for chosen, rejected in careless) <= 4
    assert sum(PHRASE in chosen for chosen, _ in poisoned) == 2 and not any(PHRASE in text for _, text in poisoned)
    # Letters of a random model may read like a danger, and such a pair trains nobody.
    sizes = [len(night) for night in trainer.nights]
    assert sizes[0] == sizes[1] == sizes[2] - 2 and 18 <= sizes[0] <= 20
    assert outcomes["honest"] == Outcome(20, [], Figures(0.5, 0.1, 0.0, 0.0))
    assert outcomes["poisoned"].refused_for == ["style"]
    assert AdapterVersion.objects.count() == 1 and not any(folder.exists() for folder in measured)


def test_a_night_that_cannot_train_ends_the_experiment_with_its_reason(persona, votes):
    def broken(request: retraining.CandidateRequest) -> retraining.CandidateOutcome:
        raise ValueError("the disk is full")

    experiment = Experiment(persona, SHORTER, votes, broken, measure=lambda folder: Figures(0, 0, 0, 0))
    with pytest.raises(ExperimentFailedError, match="the disk is full"):
        dict(experiment.run(flip=0.2, poison=0.1))


def test_a_rule_that_sees_no_difference_is_told_so(engine, persona):
    blind = Rule("blind", lambda reply: 0.0, lambda replies: 0.0, "nothing")
    with pytest.raises(UndecidedError, match="'blind' decided only 0"):
        decided_comparisons(engine, persona, blind, TEXTS, 4, report=lambda line: None)


def test_held_out_rows_put_the_better_reply_first(votes):
    assert all(len(row.chosen) < len(row.rejected) for row in held_out_rows(votes))


def test_what_a_crowd_keeps_is_its_share_of_the_honest_gain():
    def outcome(margin: float) -> Outcome:
        return Outcome(20, [], Figures(0.5, margin, 0.0, 0.0))

    figures = report(Figures(0.5, -1.0, 0.0, 0.0), {"honest": outcome(1.0), "careless": outcome(0.5)})
    assert (figures["honest"]["gain"], figures["honest"]["kept"]) == (2.0, 1.0)
    assert (figures["careless"]["gain"], figures["careless"]["kept"]) == (1.5, 0.75)
    assert report(Figures(0.5, 1.0, 0.0, 0.0), {"honest": outcome(1.0)})["honest"]["kept"] is None
