"""A schedule that never comes is refused where it is written, and a night that did not come is told in the morning."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from config.crontabs import next_time
from personas.morning.summary import morning_summary
from personas.registry.models import TrainingRun

pytestmark = pytest.mark.django_db

SEOUL = ZoneInfo("Asia/Seoul")
FOUR = datetime(2026, 11, 28, 4, tzinfo=SEOUL)
NINE = FOUR.replace(hour=9)
ADD = "/admin/django_celery_beat/crontabschedule/add/"


def crontab(**fields) -> CrontabSchedule:
    plain = {"minute": "0", "hour": "4", "timezone": "Asia/Seoul"}
    return CrontabSchedule.objects.create(**plain | fields)


def night(schedule: CrontabSchedule, *, changed: datetime = FOUR - timedelta(days=3)) -> PeriodicTask:
    task = PeriodicTask.objects.create(name="nightly retraining", task="train.retrain_all", crontab=schedule)
    PeriodicTask.objects.filter(pk=task.pk).update(date_changed=changed)
    return task


def typed(day: str, month: str) -> dict[str, str]:
    return {
        "minute": "0",
        "hour": "4",
        "day_of_month": day,
        "month_of_year": month,
        "day_of_week": "*",
        "timezone": "Asia/Seoul",
        "periodictask_set-TOTAL_FORMS": "0",
        "periodictask_set-INITIAL_FORMS": "0",
    }


@pytest.mark.parametrize(("day", "month"), [("31", "2"), ("30", "2"), ("31", "4,6,9,11")])
def test_a_day_that_no_month_has_is_refused_with_the_reason(client, admin_user, day, month):
    client.force_login(admin_user)
    page = client.post(ADD, typed(day, month)).content.decode()
    assert f"{month}월 {day}일이라는 날이 없습니다" in page
    assert not CrontabSchedule.objects.exists()


@pytest.mark.parametrize(("day", "month"), [("29", "2"), ("31", "*"), ("30,31", "2,3"), ("*", "*")])
def test_a_day_that_comes_some_year_is_saved(client, admin_user, day, month):
    client.force_login(admin_user)
    assert client.post(ADD, typed(day, month)).status_code == 302
    assert CrontabSchedule.objects.exists()


def test_a_task_takes_no_schedule_that_never_comes(client, admin_user):
    client.force_login(admin_user)
    task = night(crontab())
    never = crontab(day_of_month="31", month_of_year="2")
    given = {"name": task.name, "task": task.task, "crontab": never.pk, "enabled": "on", "args": "[]", "kwargs": "{}"}
    page = client.post(
        f"/admin/django_celery_beat/periodictask/{task.pk}/change/", given | {"headers": "{}", "priority": ""}
    )
    assert "2월 31일이라는 날이 없습니다" in page.content.decode()
    task.refresh_from_db()
    assert task.crontab != never


def test_the_next_time_is_the_beats():
    assert next_time(crontab(), NINE) == FOUR + timedelta(days=1)
    assert next_time(crontab(day_of_month="29", month_of_year="2"), NINE) == datetime(2028, 2, 29, 4, tzinfo=SEOUL)


def test_a_night_that_did_not_come_is_told_in_the_morning():
    night(crontab())
    summary = morning_summary(now=NINE)
    assert summary.missed == [FOUR]
    assert "11월 28일 04:00에 시작했어야 할" in render_to_string("morning/mail.txt", {"summary": summary})
    assert "11월 28일 04:00에 시작했어야 할" in render_to_string("morning/dashboard.html", {"summary": summary})


def test_a_night_that_came_is_not(sora):
    night(crontab())
    TrainingRun.objects.create(persona=sora, trigger="nightly", night=FOUR.date())
    assert morning_summary(now=NINE).missed == []


def test_a_night_that_has_only_begun_or_was_never_asked_for_is_not():
    task = night(crontab())
    assert morning_summary(now=FOUR + timedelta(minutes=20)).missed == []
    PeriodicTask.objects.filter(pk=task.pk).update(date_changed=NINE)
    assert morning_summary(now=NINE).missed == []


def test_a_schedule_that_never_comes_is_no_next_night():
    night(crontab(day_of_month="31", month_of_year="2"))
    summary = morning_summary(now=timezone.now())
    assert (summary.night, summary.missed) == ("", [])
