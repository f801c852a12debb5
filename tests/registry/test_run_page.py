"""A run's page while it goes on: charts, log, and a moving part that asks for itself."""

import pytest
from django.urls import reverse
from django.utils import timezone

from personas.registry.models import RunEvent, TrainingRun
from personas.registry.run_charts import HEIGHT, WIDTH, charts_of
from personas.registry.runs import run_finish_failed, run_start


@pytest.fixture
def operator(client, admin_user):
    client.force_login(admin_user)
    return client


@pytest.fixture
def run(sora) -> TrainingRun:
    run = run_start(persona=sora, trigger="nightly")
    for step, loss in ((1, 0.7), (2, 0.6), (5, 0.4)):
        figures = {"loss": loss, "reward_margin": step / 10, "reward_accuracy": 0.5}
        RunEvent.objects.create(run=run, at=timezone.now(), stage="dpo", step=step, steps=10, figures=figures)
    return run


def live(run: TrainingRun) -> str:
    return reverse("admin:registry_trainingrun_live", args=[run.pk])


def test_the_page_of_a_running_run_asks_for_its_moving_part(operator, run):
    text = operator.get(reverse("admin:registry_trainingrun_change", args=[run.pk])).content.decode()
    assert f'hx-get="{live(run)}"' in text and "every 2s" in text


def test_the_moving_part_shows_charts_and_log(operator, run):
    text = operator.get(live(run)).content.decode()
    assert text.count("<polyline") == 3
    assert all(word in text for word in ("손실", "보상 차이", "보상 정확도", "선호 학습 (DPO) 5/10", "손실 0.4"))


def test_when_the_run_has_ended_the_page_is_loaded_once_more_and_asks_no_longer(operator, run):
    assert "HX-Refresh" not in operator.get(live(run))
    run_finish_failed(run=run, error="boom")
    response = operator.get(live(run))
    assert response["HX-Refresh"] == "true" and "every 2s" not in response.content.decode()


def test_a_curator_does_not_see_it(client, curator, run):
    client.force_login(curator)
    assert client.get(live(run)).status_code == 403


def test_a_chart_fills_up_from_left_to_right_between_its_lowest_and_highest(run):
    loss = charts_of(run.events.all())[0]
    assert loss.points == f"{WIDTH * 0.1},0.0 {WIDTH * 0.2},{HEIGHT / 3} {WIDTH * 0.5},{float(HEIGHT)}"
    assert (loss.low, loss.high, loss.last, loss.steps) == ("0.4", "0.7", "0.4", 10)


def test_an_accuracy_is_drawn_between_none_and_all(run):
    accuracy = charts_of(run.events.all())[2]
    assert (accuracy.low, accuracy.high, accuracy.last_y) == ("0", "1", HEIGHT / 2)


def test_a_step_that_was_made_again_counts_once(run):
    RunEvent.objects.create(run=run, at=timezone.now(), stage="dpo", step=5, steps=10, figures={"loss": 0.1})
    assert charts_of(run.events.all())[0].last == "0.1"
    assert len(charts_of(run.events.all())[0].points.split()) == 3


def test_votes_and_thumbs_have_charts_of_their_own(run):
    RunEvent.objects.create(run=run, at=timezone.now(), stage="kto", step=1, steps=4, figures={"loss": 0.5})
    charts = charts_of(run.events.all())
    assert [str(chart.name) for chart in charts] == ["손실 (DPO)", "보상 차이 (DPO)", "보상 정확도 (DPO)", "손실 (KTO)"]
    assert [chart.steps for chart in charts] == [10, 10, 10, 4]


def test_a_run_that_said_nothing_yet_has_no_charts(sora):
    assert charts_of(run_start(persona=sora, trigger="nightly").events.all()) == []
