"""A row's history in the admin, in words."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelChange, ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper


class HistoryWords(HistoricalRecordContextHelper):
    """What a step of a row's history changed; who did it and when stands beside it anyway."""

    FIELDS = ("status", "chosen", "rejected", "is_exemplar")

    def context_for_delta_changes(self, delta: ModelDelta) -> list[dict[str, Any]]:
        telling = [change for change in delta.changes if change.field in self.FIELDS]
        return super().context_for_delta_changes(replace(delta, changes=telling))

    def prepare_delta_change_value(self, change: ModelChange, value: Any) -> Any:
        return value_in_words(self.model, change.field, value)


def value_in_words(model: Any, field: str, value: Any) -> Any:
    """A status by its label, and yes or no; texts as they are."""
    if field == "status":
        return model.Status(value).label
    return (_("예") if value else _("아니요")) if field == "is_exemplar" else value


class HistoryAdmin(SimpleHistoryAdmin):
    """The history of an admin page's rows. Where nobody gave a reason the package would show "None"."""

    def set_history_delta_changes(self, request, historical_records, *args, **kwargs) -> None:
        super().set_history_delta_changes(request, historical_records, *args, **kwargs)
        for record in historical_records:
            record.history_change_reason = record.history_change_reason or ""
