"""The nightly run around the trainer. The trainer here is small and real in what it does: it writes a folder."""

import json

import pytest

from personas.chat.models import Conversation, Reply, Turn
from personas.curation.models import PreferencePair
from personas.privacy.models import Visitor
from personas.privacy.services import consent_give
from personas.registry.models import AdapterVersion, Persona, TrainingRun
from personas.registry.runs import RunAlreadyRunning, run_start
from personas.registry.selectors import champion_for
from personas.registry.services import champion_promote, champion_roll_back
from personas.retraining import CandidateOutcome, CandidateRequest, retrain
from personas.thumbs.models import Thumb

from .conftest import adapter_folder

CHECKS = [
    {"name": "preference", "passed": True, "candidate": 0.7123456, "champion": 0.66, "limit": 0.66},
    {"name": "style", "passed": True, "candidate": 0.93, "champion": 0.9, "limit": 0.88, "reason_en": "24 prompts."},
]


@pytest.fixture
def champion(sora: Persona, make_version, shipped_folder, settings) -> AdapterVersion:
    """A persona with an SFT adapter, a champion, and three approved pairs, which are enough here."""
    settings.MIN_TRAINING_PAIRS = 3
    adapter_folder(shipped_folder / "sora" / "sft", b"sft")
    version = make_version(sora)
    champion_promote(persona=sora, version=version)
    for number in range(3):
        _pair(sora, number)
    return version


def _pair(persona: Persona, number: int) -> PreferencePair:
    return PreferencePair.objects.create(
        persona=persona,
        prompt=[{"role": "user", "content": f"질문 {number}"}],
        chosen="좋은 답",
        rejected="나쁜 답",
        source="import",
        status="approved",
    )


class Trainer:
    """Writes a candidate, and remembers what it was asked."""

    def __init__(self, passed: bool = True, error: Exception | None = None) -> None:
        self.passed, self.error, self.requests = passed, error, []

    def __call__(self, request: CandidateRequest) -> CandidateOutcome:
        self.requests.append(request)
        request.progress({"stage": "dpo", "step": 1})
        weights = f"candidate {len(self.requests)}".encode()
        manifest = {**adapter_folder(request.output, weights), "settings": {"beta": 0.3}}
        if self.error:
            raise self.error
        safety = {"name": "safety", "passed": self.passed, "candidate": 0 if self.passed else 2, "limit": 0}
        reasons = {"reason_ko": "위험한 답이 2개 있습니다.", "reason_en": "2 unsafe replies."}
        report = {"passed": self.passed, "checks": [*CHECKS, {**safety, **reasons}]}
        return CandidateOutcome(request.output, manifest, {"reward_accuracy": 0.71}, report)


def test_a_candidate_that_passes_becomes_the_champion(sora, champion):
    run = retrain(persona_slug="sora", trigger="command", train=Trainer())
    assert run.status == "promoted"
    assert champion_for(sora) == run.candidate
    assert run.candidate.snapshot == run.snapshot
    assert run.candidate.manifest["metrics"] == {"reward_accuracy": 0.71}
    assert run.finished_at is not None
    assert champion_roll_back(persona=sora) == champion


def test_the_trainer_gets_the_fixed_sft_adapter_the_champion_and_the_rows(sora, champion, shipped_folder):
    trainer = Trainer()
    retrain(persona_slug="sora", trigger="command", train=trainer)
    retrain(persona_slug="sora", trigger="command", train=trainer)
    first, second = trainer.requests
    assert first.sft_adapter == second.sft_adapter == shipped_folder / "sora" / "sft"
    assert first.champion == champion.folder
    assert second.champion == first.output, "the next run is measured against the promoted one"
    assert len(first.pairs_file.read_text().splitlines()) == 3


def test_a_candidate_that_the_gate_refuses_leaves_the_champion_and_says_why(sora, champion):
    run = retrain(persona_slug="sora", trigger="command", train=Trainer(passed=False))
    assert run.status == "refused"
    assert run.reason == "위험한 답이 2개 있습니다."
    assert run.candidate.number == 2, "it is kept, to look at"
    assert champion_for(sora) == champion


def test_too_few_pairs_end_the_run_as_skipped_with_the_reason(sora, champion, settings):
    settings.MIN_TRAINING_PAIRS = 50
    trainer = Trainer()
    run = retrain(persona_slug="sora", trigger="command", train=trainer)
    assert run.status == "skipped"
    assert "3" in run.reason and "50" in run.reason
    assert trainer.requests == []


def test_no_pairs_at_all_end_the_run_as_skipped(dodo):
    assert retrain(persona_slug="dodo", trigger="command", train=Trainer()).status == "skipped"


def test_a_trainer_that_fails_leaves_the_champion_and_shows_its_error(sora, champion):
    trainer = Trainer(error=RuntimeError("CUDA ran out of memory"))
    run = retrain(persona_slug="sora", trigger="command", train=trainer)
    assert (run.status, run.error) == ("failed", "RuntimeError: CUDA ran out of memory")
    assert champion_for(sora) == champion
    assert AdapterVersion.objects.count() == 1
    assert not trainer.requests[0].output.exists(), "nothing half-made stays"


def test_after_a_failure_the_next_run_may_start(sora, champion):
    retrain(persona_slug="sora", trigger="command", train=Trainer(error=RuntimeError("boom")))
    assert retrain(persona_slug="sora", trigger="command", train=Trainer()).status == "promoted"


def test_an_interrupted_run_gives_the_lease_back(sora, champion):
    trainer = Trainer(error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        retrain(persona_slug="sora", trigger="command", train=trainer)
    assert TrainingRun.objects.get().status == "failed"
    assert not trainer.requests[0].output.exists()


def test_a_candidate_whose_weights_are_not_those_of_its_manifest_is_not_registered(sora, champion):
    def tampered(request: CandidateRequest) -> CandidateOutcome:
        outcome = Trainer()(request)
        (request.output / "adapter_model.safetensors").write_bytes(b"torn")
        return outcome

    run = retrain(persona_slug="sora", trigger="command", train=tampered)
    assert run.status == "failed"
    assert "adapter_model.safetensors" in run.error
    assert champion_for(sora) == champion


def test_a_run_that_was_taken_over_while_it_trained_registers_nothing(sora, champion):
    def slow(request: CandidateRequest) -> CandidateOutcome:
        outcome = Trainer()(request)
        TrainingRun.objects.update(status="failed", error="taken over")
        return outcome

    run = retrain(persona_slug="sora", trigger="command", train=slow)
    assert (run.status, run.error) == ("failed", "taken over")
    assert AdapterVersion.objects.count() == 1
    assert champion_for(sora) == champion


def test_a_second_run_is_refused_before_it_trains(sora, champion):
    run_start(persona=sora, trigger="nightly")
    trainer = Trainer()
    with pytest.raises(RunAlreadyRunning):
        retrain(persona_slug="sora", trigger="command", train=trainer)
    assert trainer.requests == []


@pytest.mark.parametrize(("passed", "status"), [(True, "skipped"), (False, "refused")])
def test_a_dry_run_judges_but_registers_and_promotes_nothing(sora, champion, passed, status):
    trainer = Trainer(passed=passed)
    run = retrain(persona_slug="sora", trigger="command", train=trainer, dry_run=True)
    assert (run.status, run.dry_run, run.candidate) == (status, True, None)
    assert run.gate_report["passed"] is passed
    assert AdapterVersion.objects.count() == 1
    assert champion_for(sora) == champion
    assert not trainer.requests[0].output.exists()


def test_the_operator_reads_snapshot_run_and_gate_report(sora, champion):
    lines = []
    run = retrain(persona_slug="sora", trigger="command", train=Trainer(passed=False), report=lines.append)
    text = "\n".join(lines)
    assert run.snapshot.sha256[:12] in text and "3 pairs, 0 thumbs" in text
    assert "gate: refused" in text
    assert "ok   preference: candidate 0.7123, champion 0.66, limit 0.66" in text
    assert "FAIL safety: 2 unsafe replies." in text
    assert 'recipe: {"beta": 0.3}' in text
    assert lines[-1].startswith(f"run {run.pk}: refused")


def test_the_rows_of_a_run_are_those_of_its_persona_only(sora, dodo, champion):
    _pair(dodo, 1)
    trainer = Trainer()
    retrain(persona_slug="sora", trigger="command", train=trainer)
    pairs = {json.loads(line)["pair"] for line in trainer.requests[0].pairs_file.read_text().splitlines()}
    assert pairs == set(sora.pairs.values_list("pk", flat=True))


def test_thumbs_make_up_for_too_few_pairs_where_an_operator_lets_them(sora, champion, settings, consenting_thumbs):
    settings.MIN_TRAINING_PAIRS = 50
    trainer = Trainer()
    assert retrain(persona_slug="sora", trigger="command", train=trainer).status == "skipped"
    settings.MIN_TRAINING_THUMBS = 2
    run = retrain(persona_slug="sora", trigger="command", train=trainer)
    assert (run.status, run.snapshot.rows) == ("promoted", 5)
    rows = [json.loads(line) for line in trainer.requests[0].pairs_file.read_text().splitlines()]
    assert [row["label"] for row in rows if "thumb" in row] == [True, False]


@pytest.fixture
def consenting_thumbs(sora: Persona, owner: Visitor) -> None:
    """An approved thumb up and one down of somebody who allowed training."""
    consent_give(visitor=owner)
    turn = Turn.objects.create(conversation=Conversation.objects.create(visitor=owner, persona=sora), text="안녕")
    for number, direction in enumerate(("up", "down"), 1):
        reply = Reply.objects.create(turn=turn, number=number, status="done", text=f"답 {number}", tokens=3)
        Thumb.objects.create(reply=reply, visitor=owner, direction=direction, persona=sora, status="approved")
