"""Two curators, one pair: how well they agree, and the list of those on which they don't."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from personas.curation import deciding
from personas.curation.agreement import agreements, opinions_on, pairs_disputed
from personas.curation.errors import DeskRefused
from personas.curation.queue_pages import DONE, card

SETTLE = "curation.adjudicate_preferencepair"


class AgreementView(UnfoldModelAdminViewMixin, TemplateView):
    """Kappa for everyone at the desk; who may adjudicate sees the disagreements and settles them."""

    title = _("큐레이터 일치도")
    permission_required = "curation.change_preferencepair"
    template_name = "curation/agreement.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_settle = self.request.user.has_perm(SETTLE)
        cases = [
            {"pair": pair, "card": card(pair), "opinions": opinions_on(pair)}
            for pair in (pairs_disputed() if may_settle else ())
        ]
        return super().get_context_data(agreements=agreements(), cases=cases, may_settle=may_settle)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pair, deed = request.POST.get("pair", ""), request.POST.get("deed", "")
        if not request.user.has_perm(SETTLE) or not pair.isdecimal() or deed not in deciding.OUTCOME:
            raise PermissionDenied
        try:
            deciding.pair_settle(pair=int(pair), deed=deed, by=request.user)
        except DeskRefused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, DONE[deed])
        return HttpResponseRedirect(reverse("admin:curation_agreement"))
