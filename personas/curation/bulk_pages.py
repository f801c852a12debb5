"""Many pairs at once: first what would change, then the change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View
from unfold.views import UnfoldModelAdminViewMixin

from personas.curation import deciding
from personas.curation.exemplar_deeds import pairs_let_in, pairs_take_out
from personas.curation.models import Decision, PreferencePair

Deed: Any = Decision.Deed  # Any: a type checker without Django's stubs takes its members for tuples
Status: Any = PreferencePair.Status

SERVICES = {
    Deed.APPROVE: deciding.pairs_approve,
    Deed.REJECT: deciding.pairs_reject,
    Deed.REOPEN: deciding.pairs_reopen,
    Deed.LET_IN: pairs_let_in,
    Deed.TAKE_OUT: pairs_take_out,
}
SHOWN_ROWS = 20


def bulk_preview(model_admin: Any, request: HttpRequest, deed: str, ids: list[int]) -> TemplateResponse:
    """The page that says what the deed would do to these pairs, and asks."""
    preview = deciding.deed_preview(pairs=ids, deed=deed, by=request.user)
    template = "curation/bulk_preview.html"
    return preview_page(model_admin, request, template, deed=deed, ids=ids, preview=preview, rows=preview.pairs)


def preview_page(
    model_admin: Any, request: HttpRequest, template: str, *, deed: str, ids: list[int], preview: Any, rows: list[Any]
) -> TemplateResponse:
    """A preview of a deed: `preview` says what it would do, `rows` are those that it concerns. The form posts `ids`."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("미리 보기: {deed}").format(deed=Deed(deed).label),
        "opts": model_admin.opts,
        "deed": deed,
        "deed_label": Deed(deed).label,
        "is_about_exemplars": deed in deciding.EXEMPLAR_DEEDS,
        "ids": ",".join(map(str, ids)),
        "preview": preview,
        "rows": rows,
        "shown_rows": SHOWN_ROWS,
    }
    return TemplateResponse(request, template, context)


def ids_of(request: HttpRequest) -> list[int]:
    """Which rows a preview's form is about."""
    return [int(number) for number in request.POST.get("ids", "").split(",") if number.isdecimal()]


class BulkView(UnfoldModelAdminViewMixin, View):
    """Does what was previewed. Whatever changed in between is left alone, and counted."""

    permission_required = "curation.change_preferencepair"
    title = _("한꺼번에")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deed = request.POST.get("deed")
        ids = ids_of(request)
        if deed not in SERVICES:
            raise PermissionDenied
        pairs = SERVICES[deed](pairs=ids, by=request.user)
        _tell(request, deed, pairs, left=len(ids) - len(pairs))
        return HttpResponseRedirect(reverse("admin:curation_preferencepair_changelist"))


def _tell(request: HttpRequest, deed: str, pairs: list[PreferencePair], left: int) -> None:
    count = len(pairs)
    done = {
        Deed.APPROVE: ngettext("%d쌍을 승인했습니다.", "%d쌍을 승인했습니다.", count),
        Deed.REJECT: ngettext("%d쌍을 거절했습니다.", "%d쌍을 거절했습니다.", count),
        Deed.REOPEN: ngettext("%d쌍을 되돌렸습니다.", "%d쌍을 되돌렸습니다.", count),
        Deed.LET_IN: ngettext("%d쌍을 예시로 넣었습니다.", "%d쌍을 예시로 넣었습니다.", count),
        Deed.TAKE_OUT: ngettext("%d쌍을 예시에서 뺐습니다.", "%d쌍을 예시에서 뺐습니다.", count),
    }
    sentences = [done[deed] % count]
    waiting = sum(pair.status == Status.PENDING for pair in pairs) if deed in deciding.OUTCOME else 0
    if waiting:
        sentences.append(_("그중 %d쌍은 다른 큐레이터의 의견을 기다립니다.") % waiting)
    if left and deed in deciding.EXEMPLAR_DEEDS:
        sentences.append(_("예시로 쓸 수 없거나 이미 그런 %d쌍은 그대로 두었습니다.") % left)
    elif left:
        sentences.append(_("이미 결정된 %d쌍은 그대로 두었습니다.") % left)
    messages.add_message(request, messages.WARNING if left else messages.SUCCESS, " ".join(map(str, sentences)))
