"""What an operator wants to know in the morning: what came in, what was approved, what ran, and what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.timezone import localdate
from django_celery_beat.models import PeriodicTask

from config.crontabs import next_time
from inference_worker.contracts import RETRAIN_ALL
from personas.care.models import CareCount
from personas.curation.models import PreferencePair
from personas.curation.selectors import removed_rows
from personas.registry.models import AdapterVersion, ChampionMove, TrainingRun
from personas.registry.selectors import personas_active
from personas.thumbs.models import Thumb
from personas.voting.models import Vote

WINDOW = timedelta(days=1)
GRACE = timedelta(hours=1)  # after its hour, in which a night's first run begins
Status: Any = PreferencePair.Status  # Any: a type checker without Django's stubs takes its members for tuples


@dataclass(frozen=True)
class ThumbsOfTheDay:
    """Thumbs in the last day: what came and from how many, what became of them, and what versions learned from.

    `waiting` and `held`, those of them that carry a flag, are as of now.
    """

    came: int
    givers: int
    approved: int
    rejected: int
    waiting: int
    held: int
    trained: int


@dataclass(frozen=True)
class MorningSummary:
    """The last day. `unlearn` are champions that learned from rows withdrawn since; `night` is when the next one
    begins, empty where the schedule is off."""

    since: datetime
    votes: int
    voters: int
    pairs: int
    approved: int
    rejected: int
    waiting: int
    thumbs: ThumbsOfTheDay
    runs: list[TrainingRun]
    moves: list[ChampionMove]
    unlearn: list[tuple[AdapterVersion, int]]
    night: str
    missed: list[datetime]  # when a night should have begun and no run came of it
    care: dict[str, int]  # messages of danger by kind, of yesterday and today; whose and what they were is told nowhere


def morning_summary(*, now: datetime | None = None) -> MorningSummary:
    """Count the day that ends now."""
    until = now or timezone.now()
    since = until - WINDOW
    votes = Vote.objects.filter(created_at__gte=since)
    decided = PreferencePair.objects.filter(reviewed_at__gte=since)
    runs = TrainingRun.objects.filter(started_at__gte=since).select_related("persona", "candidate__persona")
    moves = ChampionMove.objects.filter(created_at__gte=since, version__isnull=False)
    return MorningSummary(
        since=since,
        votes=votes.count(),
        voters=votes.values("visitor").distinct().count(),
        pairs=PreferencePair.objects.filter(created_at__gte=since).count(),
        approved=decided.filter(status=Status.APPROVED).count(),
        rejected=decided.filter(status=Status.REJECTED).count(),
        waiting=PreferencePair.objects.filter(status=Status.PENDING).count(),
        thumbs=_thumbs(since),
        runs=list(runs),
        moves=list(moves.select_related("persona", "version__persona", "previous__persona")),
        unlearn=_to_unlearn(),
        night=_next_night(until),
        missed=_missed_nights(since, until),
        care=_care(since),
    )


def _thumbs(since: datetime) -> ThumbsOfTheDay:
    came = Thumb.objects.filter(created_at__gte=since)
    decided = Thumb.objects.filter(reviewed_at__gte=since)
    waiting = Thumb.objects.filter(status=Thumb.Status.PENDING)
    # A run that brought a version has trained, whatever the gate said of it.
    trained = TrainingRun.objects.filter(started_at__gte=since, candidate__isnull=False).values("snapshot")
    return ThumbsOfTheDay(
        came=came.count(),
        givers=came.aggregate(count=Count("visitor", distinct=True))["count"],
        approved=decided.filter(status=Thumb.Status.APPROVED).count(),
        rejected=decided.filter(status=Thumb.Status.REJECTED).count(),
        waiting=waiting.count(),
        held=waiting.filter(flags__isnull=False).distinct().count(),
        trained=Thumb.objects.filter(snapshots__in=trained).distinct().count(),
    )


def _care(since: datetime) -> dict[str, int]:
    counted = CareCount.objects.filter(day__gte=localdate(since)).order_by("kind")
    return {row["kind"]: row["sum"] for row in counted.values("kind").annotate(sum=Sum("count"))}


def _to_unlearn() -> list[tuple[AdapterVersion, int]]:
    champions = [persona.champion for persona in personas_active() if persona.champion]
    counted = [(version, removed_rows(version.snapshot)) for version in champions]
    return [(version, count) for version, count in counted if count]


def _nights() -> list[PeriodicTask]:
    found = PeriodicTask.objects.filter(task=RETRAIN_ALL, enabled=True, crontab__isnull=False)
    return list(found.select_related("crontab"))


def _next_night(now: datetime) -> str:
    """The schedule's hours, as in `04:00`, without schedules that never come."""
    crontabs = [night.crontab for night in _nights()]
    coming = [crontab for crontab in crontabs if next_time(crontab, now) is not None]
    return ", ".join(f"{crontab.hour:0>2}:{crontab.minute:0>2}" for crontab in coming)


def _missed_nights(since: datetime, until: datetime) -> list[datetime]:
    """When nights should have begun in this time, of which there is no run at all."""
    due = [(night, next_time(night.crontab, since)) for night in _nights()]
    began = set(TrainingRun.objects.filter(night__gte=localdate(since)).values_list("night", flat=True).distinct())
    return [
        time
        for night, time in due
        # A schedule that was made or changed since was not asked for a run then.
        if time and night.date_changed < time <= until - GRACE and localdate(time) not in began
    ]
