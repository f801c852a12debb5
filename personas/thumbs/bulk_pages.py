"""Many thumbs at once: first what would change and what is flagged, then the change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from unfold.views import UnfoldModelAdminViewMixin

from personas.curation.bulk_pages import ids_of, preview_page
from personas.curation.models import Decision
from personas.thumbs.judging import Judgement, judgement_preview, thumbs_judge
from personas.thumbs.models import Thumb

Deed: Any = Decision.Deed  # Any: a type checker without Django's stubs takes its members for tuples
Status: Any = Thumb.Status
STATUS_AFTER = {Deed.APPROVE: Status.APPROVED, Deed.REJECT: Status.REJECTED, Deed.REOPEN: Status.PENDING}


def bulk_preview(model_admin: Any, request: HttpRequest, deed: str, ids: list[int]) -> TemplateResponse:
    """The page that says what the deed would do to these thumbs, and asks."""
    preview = judgement_preview(thumbs=ids, status=STATUS_AFTER[deed])
    return preview_page(
        model_admin, request, "thumbs/bulk_preview.html", deed=deed, ids=ids, preview=preview, rows=preview.concerned
    )


class BulkView(UnfoldModelAdminViewMixin, View):
    """Does what was previewed. Whatever changed in between is left alone, and counted."""

    permission_required = "thumbs.change_thumb"
    title = _("한꺼번에")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deed = request.POST.get("deed")
        if deed not in STATUS_AFTER:
            raise PermissionDenied
        judgement = thumbs_judge(
            thumbs=ids_of(request),
            status=STATUS_AFTER[deed],
            by=request.user,
            flagged_too="flagged_too" in request.POST,
        )
        _tell(request, STATUS_AFTER[deed], judgement)
        return HttpResponseRedirect(reverse("admin:thumbs_thumb_changelist"))


def _tell(request: HttpRequest, status: str, judgement: Judgement) -> None:
    sentences = [
        _("엄지 {count}개를 ‘{status}’ 상태로 두었습니다.").format(
            count=len(judgement.moved), status=Status(status).label
        )
    ]
    if judgement.held:
        sentences.append(_("표시가 있는 {count}개는 보류했습니다.").format(count=len(judgement.held)))
    if judgement.left:
        sentences.append(_("이미 결정됐거나 거둔 {count}개는 그대로 두었습니다.").format(count=judgement.left))
    level = messages.WARNING if judgement.held or judgement.left else messages.SUCCESS
    messages.add_message(request, level, " ".join(map(str, sentences)))
