"""The summary on the admin's first page, for those who may see runs."""

from typing import Any

from django.http import HttpRequest

from personas.morning.summary import morning_summary


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """unfold calls this for the first page (settings.UNFOLD)."""
    if request.user.has_perm("registry.view_trainingrun"):
        context["summary"] = morning_summary()
    return context
