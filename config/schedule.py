"""The beat's schedule. What the settings name is its beginning; what operators make of it in the admin stays."""

from collections.abc import Mapping
from typing import Any

from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler


class EditableScheduler(DatabaseScheduler):
    """django-celery-beat's, which writes the settings' entries over the database's at every start: edits were lost."""

    def update_from_dict(self, mapping: Mapping[str, Any]) -> None:
        known = set(PeriodicTask.objects.filter(name__in=list(mapping)).values_list("name", flat=True))
        super().update_from_dict({name: entry for name, entry in mapping.items() if name not in known})
