from datetime import timedelta

import pytest
from django.utils import timezone

from personas.registry.models import TrainingRun
from personas.registry.runs import (
    HEARTBEAT_LOST,
    RunAlreadyRunning,
    RunLost,
    run_finish_failed,
    run_finish_promoted,
    run_heartbeat,
    run_start,
)


def silence(run: TrainingRun, for_: timedelta) -> None:
    run.heartbeat_at = timezone.now() - for_
    run.save(update_fields=["heartbeat_at"])


def test_a_second_run_of_a_persona_is_refused_while_the_first_goes_on(sora):
    run_start(persona=sora, trigger="command")
    with pytest.raises(RunAlreadyRunning):
        run_start(persona=sora, trigger="nightly")
    assert TrainingRun.objects.count() == 1


def test_two_personas_may_run_at_once(sora, dodo):
    run_start(persona=sora, trigger="command")
    run_start(persona=dodo, trigger="command")
    assert TrainingRun.objects.filter(status="running").count() == 2


def test_a_finished_run_gives_the_lease_back(sora):
    run_finish_failed(run=run_start(persona=sora, trigger="command"), error="boom")
    assert run_start(persona=sora, trigger="command").status == "running"


def test_a_run_without_a_heartbeat_is_marked_failed_and_taken_over(sora):
    dead = run_start(persona=sora, trigger="nightly")
    silence(dead, HEARTBEAT_LOST + timedelta(seconds=1))
    taken_over = run_start(persona=sora, trigger="command")
    dead.refresh_from_db()
    assert (dead.status, taken_over.status) == ("failed", "running")
    assert dead.error and dead.finished_at


def test_a_run_that_still_beats_is_not_taken_over(sora):
    silence(run_start(persona=sora, trigger="nightly"), HEARTBEAT_LOST - timedelta(seconds=10))
    with pytest.raises(RunAlreadyRunning):
        run_start(persona=sora, trigger="command")


def test_a_run_that_was_taken_over_learns_it_at_its_next_heartbeat(sora):
    dead = run_start(persona=sora, trigger="nightly")
    silence(dead, HEARTBEAT_LOST * 2)
    run_start(persona=sora, trigger="command")
    with pytest.raises(RunLost):
        run_heartbeat(run=dead, progress={"step": 3})


def test_a_run_that_was_taken_over_promotes_nothing(sora, make_version):
    dead = run_start(persona=sora, trigger="nightly")
    silence(dead, HEARTBEAT_LOST * 2)
    run_start(persona=sora, trigger="command")
    with pytest.raises(RunLost):
        run_finish_promoted(run=dead, candidate=make_version(sora), gate_report={"passed": True, "checks": []})
    sora.refresh_from_db()
    assert sora.champion is None


def test_fast_progress_is_written_every_second_only_and_then_all_of_it(sora, django_assert_num_queries):
    run = run_start(persona=sora, trigger="command")
    with django_assert_num_queries(0):
        for step in range(20):
            run_heartbeat(run=run, progress={"stage": "dpo", "step": step, "steps": 21, "loss": 0.5})
    silence(run, timedelta(seconds=2))
    run_heartbeat(run=run, progress={"stage": "dpo", "step": 20, "steps": 21, "loss": 0.4})
    assert TrainingRun.objects.get().progress["step"] == 20
    assert [event.step for event in run.events.all()] == list(range(21))
    assert run.events.last().figures == {"loss": 0.4}


def test_the_last_progress_is_kept_with_the_finished_run(sora):
    run = run_start(persona=sora, trigger="command")
    run_heartbeat(run=run, progress={"step": 7, "loss": 0.6})
    run_finish_failed(run=run, error="boom")
    assert TrainingRun.objects.get().progress == {"step": 7, "loss": 0.6}
