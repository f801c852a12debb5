"""Days by Seoul's clock, whatever the time zone of the machine."""

from datetime import datetime

from django.utils import timezone


def today_began() -> datetime:
    """The last midnight in Seoul (settings.TIME_ZONE)."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
