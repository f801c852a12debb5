"""A row's history in the admin, in words."""

from dataclasses import replace
from typing import Any

from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelChange, ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper


class HistoryWords(HistoricalRecordContextHelper):
    """What a step of a row's history changed; who did it and when stands beside it anyway."""

    FIELDS = ("status", "chosen", "rejected")

    def context_for_delta_changes(self, delta: ModelDelta) -> list[dict[str, Any]]:
        telling = [change for change in delta.changes if change.field in self.FIELDS]
        return super().context_for_delta_changes(replace(delta, changes=telling))

    def prepare_delta_change_value(self, change: ModelChange, value: str) -> str:
        return self.model.Status(value).label if change.field == "status" else value


class HistoryAdmin(SimpleHistoryAdmin):
    """The history of an admin page's rows. Where nobody gave a reason the package would show "None"."""

    def set_history_delta_changes(self, request, historical_records, *args, **kwargs) -> None:
        super().set_history_delta_changes(request, historical_records, *args, **kwargs)
        for record in historical_records:
            record.history_change_reason = record.history_change_reason or ""
