"""Filters that a curator named: links above the list of pairs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from unfold.views import UnfoldModelAdminViewMixin

from personas.curation.models import SavedView

LONGEST_NAME = 40
LONGEST_QUERY = 1000


def saved_views_context(request: HttpRequest) -> dict[str, Any]:
    """The curator's views, and what the list is filtered by now; its page is no part of that."""
    query = _without_page(request.GET.urlencode())
    return {"saved_views": SavedView.objects.filter(curator=request.user), "current_query": query}


def _without_page(query: str) -> str:
    wanted = QueryDict(query, mutable=True)
    for name in ("p", "_changelist_filters"):
        wanted.pop(name, None)
    return wanted.urlencode()


class SavedViewsView(UnfoldModelAdminViewMixin, View):
    """Names the present filters, or forgets a name. A name given again means the new filters."""

    permission_required = "curation.view_preferencepair"
    title = _("저장한 보기")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = SavedView.objects.filter(curator=request.user)
        query = _without_page(request.POST.get("query", ""))
        name = request.POST.get("name", "").strip()[:LONGEST_NAME]
        if "forget" in request.POST:
            mine.filter(name=request.POST["forget"]).delete()
        elif not name or not query or len(query) > LONGEST_QUERY:
            messages.error(request, _("먼저 목록을 걸러 내고, 그 보기의 이름을 적어 주세요."))
        else:
            mine.update_or_create(curator=request.user, name=name, defaults={"query": query})
            messages.success(request, _("보기를 저장했습니다."))
        return HttpResponseRedirect(f"{reverse('admin:curation_preferencepair_changelist')}?{query}")
