"""Operators change the numbers to call, and see how often it came to that; whose words they were is shown nowhere."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from config.admin_pages import ReadOnlyAdmin
from personas.care.models import CareCount, Helpline


@admin.register(Helpline)
class HelplineAdmin(ModelAdmin):
    """The lines themselves are fixed, since written answers name them; what they are called and dialled is not."""

    list_display = ["number", "name", "name_en"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CareCount)
class CareCountAdmin(ReadOnlyAdmin):
    """Counts by day and kind."""

    list_display = ["day", "kind", "count"]
    list_filter = ["kind"]
