"""An operator ends a run: its trainer notices at the next step, and nothing half-done stays."""

import pytest
from django.urls import reverse

from personas.registry import runs
from personas.registry.models import AdapterVersion, TrainingRun
from personas.registry.runs import RunEnded, RunLost, run_cancel, run_finish_failed, run_heartbeat, run_start
from personas.registry.selectors import champion_for
from personas.retraining import CandidateOutcome, CandidateRequest, retrain

from .conftest import adapter_folder


@pytest.fixture(autouse=True)
def every_word_is_written(monkeypatch):
    """The steps of these tests are faster than a heartbeat."""
    monkeypatch.setattr(runs, "HEARTBEAT_EVERY", runs.timedelta(0))


def test_a_cancelled_run_ends_at_its_next_step_and_leaves_nothing(trainable, curator):
    steps, folders = [], []

    def train(request: CandidateRequest) -> CandidateOutcome:
        folders.extend([request.output, request.checkpoints])
        for step in range(1, 10):
            request.progress({"stage": "dpo", "step": step, "steps": 9})
            steps.append(step)
            request.checkpoints.mkdir(parents=True, exist_ok=True)
            request.output.mkdir(exist_ok=True, parents=True)
            if step == 3:
                run_cancel(run=TrainingRun.objects.get(), by=curator)
        return CandidateOutcome(
            request.output, adapter_folder(request.output / "never"), {}, {"passed": True, "checks": []}
        )

    run = retrain(persona_slug=trainable.slug, trigger="command", train=train)
    assert (run.status, run.reason) == ("cancelled", "curator 님이 멈췄습니다.")
    assert steps == [1, 2, 3]
    assert not any(folder.exists() for folder in folders)
    assert champion_for(trainable) is not None and AdapterVersion.objects.count() == 1


def test_the_rows_of_a_run_stand_on_its_page_from_the_beginning_and_after_it_was_cancelled(
    client, admin_user, trainable, curator
):
    client.force_login(admin_user)

    def rows_on_page() -> bool:
        run = TrainingRun.objects.get()
        page = client.get(reverse("admin:registry_trainingrun_change", args=[run.pk])).content.decode()
        return reverse("admin:registry_datasetsnapshot_change", args=[run.snapshot_id]) in page

    def train(request: CandidateRequest) -> CandidateOutcome:
        assert rows_on_page()
        run_cancel(run=TrainingRun.objects.get(), by=curator)
        request.progress({"stage": "dpo", "step": 1, "steps": 9})
        raise AssertionError("it goes on after it was cancelled")

    run = retrain(persona_slug=trainable.slug, trigger="command", train=train)
    assert run.status == "cancelled" and run.snapshot is not None and rows_on_page()


def test_after_cancelling_the_next_run_may_start_at_once(sora, curator):
    first = run_start(persona=sora, trigger="command")
    run_cancel(run=first, by=curator)
    assert run_start(persona=sora, trigger="command").status == "running"
    with pytest.raises(RunLost):
        run_heartbeat(run=TrainingRun.objects.get(pk=first.pk), progress={"step": 4})


def test_what_has_ended_cannot_be_cancelled(sora, curator):
    run = run_start(persona=sora, trigger="command")
    run_cancel(run=run, by=curator)
    with pytest.raises(RunEnded, match="멈춤"):
        run_cancel(run=run, by=curator)


def test_the_page_asks_first_and_then_cancels(client, admin_user, sora):
    client.force_login(admin_user)
    run = run_start(persona=sora, trigger="nightly")
    address = reverse("admin:registry_trainingrun_cancel", args=[run.pk])
    assert "멈출까요" in client.get(address).content.decode()
    assert TrainingRun.objects.get().status == "running"
    client.post(address, {"_form_submitted": "on"})
    assert TrainingRun.objects.get().status == "cancelled"


def test_the_page_of_a_run_that_has_ended_offers_no_stop(client, admin_user, sora):
    client.force_login(admin_user)
    run = run_start(persona=sora, trigger="nightly")
    page = reverse("admin:registry_trainingrun_change", args=[run.pk])
    cancel = reverse("admin:registry_trainingrun_cancel", args=[run.pk])
    assert cancel in client.get(page).content.decode()
    run_cancel(run=run, by=admin_user)
    assert cancel not in client.get(page).content.decode()


def test_who_stops_a_run_that_has_just_ended_is_told_so(client, admin_user, sora):
    client.force_login(admin_user)
    run = run_start(persona=sora, trigger="nightly")
    run_finish_failed(run=run, error="boom")
    cancel = reverse("admin:registry_trainingrun_cancel", args=[run.pk])
    answer = client.post(cancel, {"_form_submitted": "on"}, follow=True)
    assert "이미 끝난" in answer.content.decode()
    assert TrainingRun.objects.get().status == "failed"


def test_a_curator_cannot_cancel(client, curator, sora):
    client.force_login(curator)
    run = run_start(persona=sora, trigger="nightly")
    response = client.post(reverse("admin:registry_trainingrun_cancel", args=[run.pk]), {"_form_submitted": "on"})
    assert response.status_code == 403
    assert TrainingRun.objects.get().status == "running"
