"""When a schedule comes, by the beat's own reckoning."""

from datetime import datetime

from django_celery_beat.models import CrontabSchedule


def next_time(crontab: CrontabSchedule, after: datetime) -> datetime | None:
    """The first time of this schedule after another; None for one that never comes, like the 31st of February."""
    try:
        start, delta, _now = crontab.schedule.remaining_delta(after)
    except (RuntimeError, ValueError):  # Celery gives up after 2000 months, or at the end of the calendar
        return None
    return start + delta
