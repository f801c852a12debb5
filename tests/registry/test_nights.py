"""The schedule's runs: every persona once a night, however many beats there are, and the operator's hours stay."""

import json
from datetime import date

import pytest
from celery import schedules
from django.conf import settings
from django.db import IntegrityError
from django.urls import reverse
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from config.celery import app
from config.schedule import EditableScheduler
from inference_worker.tasks import retrain_all
from personas.registry.models import Persona, TrainingRun
from personas.registry.runs import NightTaken, RunAlreadyRunning, run_finish_skipped, run_start

NIGHT = date(2026, 11, 22)


def asked(redis_client) -> list[list]:
    """Whom the trainer is asked to train, as [slug, trigger, night]."""
    messages = [json.loads(message) for message in redis_client.lrange("train", 0, -1)]
    return [eval(message["headers"]["argsrepr"]) for message in reversed(messages)]


def test_the_night_asks_for_every_public_persona_apart(sora, dodo, redis_client):
    Persona.objects.filter(pk=dodo.pk).update(is_active=False)
    retrain_all()
    [(slug, trigger, night)] = asked(redis_client)
    assert (slug, trigger) == ("sora", "nightly") and date.fromisoformat(night)


def test_two_beats_of_one_night_start_one_run(sora):
    first = run_start(persona=sora, trigger="nightly", night=NIGHT)
    run_finish_skipped(run=first, reason="too few")
    with pytest.raises(NightTaken):
        run_start(persona=sora, trigger="nightly", night=NIGHT)
    assert TrainingRun.objects.count() == 1


def test_the_database_itself_refuses_a_second_run_of_a_night(sora):
    TrainingRun.objects.create(persona=sora, night=NIGHT, status="skipped")
    with pytest.raises(IntegrityError):
        TrainingRun.objects.create(persona=sora, night=NIGHT, status="failed")


def test_a_run_by_hand_is_no_nightly_run(sora):
    run_finish_skipped(run=run_start(persona=sora, trigger="admin"), reason="too few")
    run_finish_skipped(run=run_start(persona=sora, trigger="admin"), reason="too few")
    assert run_start(persona=sora, trigger="nightly", night=NIGHT).night == NIGHT


def test_the_next_night_runs_again(sora):
    run_finish_skipped(run=run_start(persona=sora, trigger="nightly", night=NIGHT), reason="too few")
    assert run_start(persona=sora, trigger="nightly", night=date(2026, 11, 23)).status == "running"


def test_a_nightly_run_waits_for_nobody(sora):
    run_start(persona=sora, trigger="admin")
    with pytest.raises(RunAlreadyRunning):
        run_start(persona=sora, trigger="nightly", night=NIGHT)


@pytest.fixture
def beat_starts():
    """What a beat does with the settings' schedule when it starts."""

    def start() -> None:
        scheduler = EditableScheduler(app=app, lazy=True)
        scheduler.update_from_dict(
            {"nightly retraining": {"task": "train.retrain_all", "schedule": schedules.crontab("0", "4")}}
        )

    return start


@pytest.mark.django_db(transaction=True)
def test_the_hour_that_an_operator_chose_outlives_a_restart(beat_starts):
    beat_starts()
    night = PeriodicTask.objects.get(name="nightly retraining")
    assert night.crontab.hour == "4"
    night.crontab = CrontabSchedule.objects.create(hour="2", minute="30", timezone="Asia/Seoul")
    night.save()
    beat_starts()
    night.refresh_from_db()
    assert (night.crontab.hour, night.crontab.minute) == ("2", "30")


@pytest.mark.django_db(transaction=True)
def test_the_runs_page_leads_to_the_schedule(client, admin_user, beat_starts):
    client.force_login(admin_user)
    beat_starts()
    response = client.get(reverse("admin:registry_trainingrun_schedule"))
    night = PeriodicTask.objects.get(name="nightly retraining")
    assert response.url == f"/admin/django_celery_beat/periodictask/{night.pk}/change/"
    assert client.get(response.url).status_code == 200


@pytest.mark.django_db
def test_the_schedule_is_read_out_in_the_operators_language(client, admin_user):
    client.force_login(admin_user)
    often = CrontabSchedule.objects.create(minute="*/5", hour="*", timezone="Asia/Seoul")
    for language, words in (("ko", "매 5분마다"), ("en", "Every 5 minutes")):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = client.get(f"/admin/django_celery_beat/crontabschedule/{often.pk}/change/")
        assert words in page.content.decode()
