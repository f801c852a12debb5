"""A run whose trainer has died is taken up again by the next one, and the dead one's late words count for nothing."""

import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from personas.curation.models import PreferencePair
from personas.registry.heartbeat import beating
from personas.registry.models import TrainingRun
from personas.registry.runs import (
    HEARTBEAT_LOST,
    MAX_ATTEMPTS,
    RunLost,
    run_finish_failed,
    run_heartbeat,
    run_start,
    runs_resume_lost,
)
from personas.registry.selectors import champion_for
from personas.retraining import CandidateOutcome, CandidateRequest, resume, retrain

from .conftest import adapter_folder


class Killed(BaseException):
    """Stands for SIGKILL: nothing of the trainer's own code runs after it."""


class Trainer:
    """Leaves a checkpoint, and is killed where it is told to be."""

    def __init__(self, killed: bool = False) -> None:
        self.killed, self.found = killed, []

    def __call__(self, request: CandidateRequest) -> CandidateOutcome:
        self.found.append(request.checkpoints.exists())
        request.checkpoints.mkdir(parents=True, exist_ok=True)
        request.progress({"stage": "dpo", "step": 1, "steps": 2, "loss": 0.6})
        if self.killed:
            raise Killed
        manifest = adapter_folder(request.output, b"candidate")
        return CandidateOutcome(request.output, manifest, {}, {"passed": True, "checks": []})


@pytest.fixture
def killed(trainable, monkeypatch) -> TrainingRun:
    """A run whose process is gone: the row still says that it runs."""
    with monkeypatch.context() as patch:
        patch.setattr("personas.retraining._fail", lambda run, error: None)
        with pytest.raises(Killed):
            retrain(persona_slug=trainable.slug, trigger="nightly", train=Trainer(killed=True))
    run = TrainingRun.objects.get()
    assert run.status == "running"
    silence(run)
    return run


def silence(run: TrainingRun) -> None:
    TrainingRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - HEARTBEAT_LOST * 2)


def test_it_is_taken_up_again_from_its_checkpoint(killed, trainable, redis_client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert runs_resume_lost() == 1
    message = json.loads(redis_client.lindex("train", 0))
    assert (message["headers"]["task"], message["headers"]["argsrepr"]) == ("train.resume", f"[{killed.pk}, 2]")

    trainer = Trainer()
    run = resume(run_id=killed.pk, attempt=2, train=trainer)
    assert trainer.found == [True], "the first trainer's checkpoint was there"
    assert (run.pk, run.status, run.attempt) == (killed.pk, "promoted", 2)
    assert champion_for(trainable) == run.candidate


def test_rows_that_changed_meanwhile_have_no_checkpoint(killed):
    runs_resume_lost()
    PreferencePair.objects.first().delete()
    trainer = Trainer()
    assert resume(run_id=killed.pk, attempt=2, train=trainer).status == "promoted"
    assert trainer.found == [False]


def test_a_run_that_beats_is_left_alone(sora):
    run_start(persona=sora, trigger="nightly")
    assert runs_resume_lost() == 0


def test_while_another_run_goes_on_a_silent_one_may_be_waiting_its_turn(sora, dodo):
    silence(run_start(persona=sora, trigger="nightly"))
    run_start(persona=dodo, trigger="nightly")
    assert runs_resume_lost() == 0


def test_the_trainer_thought_dead_can_write_nothing_more(sora):
    late = run_start(persona=sora, trigger="nightly")
    silence(late)
    runs_resume_lost()
    late.heartbeat_at -= timedelta(seconds=5)
    with pytest.raises(RunLost):
        run_heartbeat(run=late, progress={"step": 9})
    with pytest.raises(RunLost):
        run_finish_failed(run=late, error="late")
    assert TrainingRun.objects.get().status == "running"


def test_a_task_that_comes_twice_or_late_finds_nothing_to_do(killed):
    runs_resume_lost()
    assert resume(run_id=killed.pk, attempt=1, train=Trainer()) is None
    assert resume(run_id=killed.pk, attempt=2, train=Trainer()).status == "promoted"
    assert resume(run_id=killed.pk, attempt=2, train=Trainer()) is None


def test_a_run_that_loses_every_trainer_fails_and_says_what_to_look_at(sora):
    run = run_start(persona=sora, trigger="nightly")
    for _ in range(MAX_ATTEMPTS):
        silence(run)
        runs_resume_lost()
    run.refresh_from_db()
    assert run.status == "failed" and "trainer 로그" in run.error
    assert run_start(persona=sora, trigger="admin").status == "running", "the lease is free"


def test_the_checkpoints_of_a_run_that_was_given_up_are_swept_away_by_the_next(killed, trainable, settings):
    [left] = (settings.VAR_DIR / "checkpoints").iterdir()
    TrainingRun.objects.update(status="failed")
    retrain(persona_slug=trainable.slug, trigger="nightly", train=Trainer())
    assert not left.exists()


def test_the_second_attempt_learns_from_the_rows_of_the_first_less_those_withdrawn_since(killed, trainable):
    first = set(killed.snapshot.pairs.values_list("pk", flat=True))
    withdrawn = min(first)
    PreferencePair.objects.get(pk=withdrawn).delete()
    late = {"prompt": [{"role": "user", "content": "뒤늦은 질문"}], "chosen": "좋은 답", "rejected": "나쁜 답"}
    PreferencePair.objects.create(persona=trainable, source="import", status="approved", **late)
    runs_resume_lost()
    run = resume(run_id=killed.pk, attempt=2, train=Trainer())
    assert set(run.snapshot.pairs.values_list("pk", flat=True)) == first - {withdrawn}


@pytest.mark.django_db(transaction=True)
def test_a_run_says_that_it_lives_while_a_step_takes_long(trainable):
    run = run_start(persona=trainable, trigger="nightly")
    silence(run)
    run.refresh_from_db()
    assert run.is_silent and run.shown_state == "소식 없음"
    with beating(run, every=0.01):
        deadline = time.monotonic() + 20
        while run.is_silent and time.monotonic() < deadline:
            run.refresh_from_db()
    assert not run.is_silent


def test_a_task_that_waits_for_the_trainer_counts_as_no_death(killed, redis_client):
    redis_client.rpush("train", "a task")
    assert runs_resume_lost() == 0
    redis_client.delete("train")
    assert runs_resume_lost() == 1
