"""Erasing what is known, by forms of /privacy/."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.visitors import existing_visitor_id
from personas.memory.services import fact_erase, facts_erase


@require_POST
def erase_one(request: HttpRequest, fact_id: int) -> HttpResponse:
    """Forget one thing. 404 for somebody else's, as for one that is gone."""
    known = existing_visitor_id(request)
    if known is None or not fact_erase(visitor_id=known, fact_id=fact_id):
        raise Http404
    messages.success(request, _("잊었어요."))
    return redirect("privacy")


@require_POST
def erase_all(request: HttpRequest) -> HttpResponse:
    """Forget everything that was told in talks; the talks themselves stay."""
    known = existing_visitor_id(request)
    if known is not None:
        facts_erase(visitor_id=known)
    messages.success(request, _("모두 잊었어요."))
    return redirect("privacy")
