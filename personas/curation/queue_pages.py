"""The queue: one pair at a time, for a curator with a keyboard. A deed is answered with the next pair."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin

from personas.curation import deciding, exemplar_deeds
from personas.curation.difference import differences
from personas.curation.errors import DeskRefused
from personas.curation.models import Decision, PreferencePair
from personas.curation.queue import pair_to_show, persona_after, progress_of, queue_next
from personas.registry.models import Persona
from personas.registry.selectors import personas_active

Deed: Any = Decision.Deed  # Any: a type checker without Django's stubs takes its members for tuples

DONE = {
    Deed.APPROVE: _("승인했습니다."),
    Deed.REJECT: _("거절했습니다."),
    Deed.SWAP: _("두 답을 맞바꿨습니다."),
    Deed.EDIT: _("고친 글을 저장했습니다."),
    Deed.SKIP: _("나중에 보도록 미뤘습니다."),
    Deed.LET_IN: _("예시로 넣었습니다. 1분 안에 비슷한 말 앞에 놓입니다."),
    Deed.TAKE_OUT: _("예시에서 뺐습니다."),
    Deed.UNDO: _("마지막 결정을 취소했습니다."),
}
SHOWN_MESSAGES = 3


class QueueView(UnfoldModelAdminViewMixin, TemplateView):
    """The page, and what its keys do. htmx swaps the desk alone; without JavaScript the page comes anew."""

    title = _("검토 대기열")
    permission_required = "curation.change_preferencepair"
    template_name = "curation/queue.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        persona = _persona(request.GET.get("persona"))
        return self.render_to_response(self.get_context_data(**desk_context(request, persona)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        persona = _persona(request.POST.get("persona"))
        if "next_persona" in request.POST:
            return self._answer(request, persona_after(persona, curator=request.user))
        try:
            shown, said = deed_do(request), DONE[request.POST["deed"]]
        except (DeskRefused, ValidationError) as refusal:
            said = refusal.message
            return self._answer(request, persona, said=said, refused=True)
        return self._answer(request, persona, shown=shown, said=said)

    def _answer(self, request: HttpRequest, persona: Persona | None, **desk: Any) -> HttpResponse:
        address = queue_address(persona)
        if not request.headers.get("HX-Request"):
            return HttpResponseRedirect(address)
        answer = render(request, "curation/_desk.html", desk_context(request, persona, **desk))
        answer["HX-Replace-Url"] = address
        return answer


def deed_do(request: HttpRequest) -> int | None:
    """Do what the curator asked for. The pair that they go on looking at, or None where the next one comes.

    Raises DeskRefused and ValidationError, with a message for the curator.
    """
    deed, by = request.POST.get("deed"), request.user
    if deed == Deed.UNDO:
        undo = deciding.decision_undo(by=by)
        return None if undo.undoes.deed in deciding.EXEMPLAR_DEEDS else undo.pair_id
    if deed in deciding.EXEMPLAR_DEEDS:
        exemplar_deeds.pair_note(pair=_pair(request, "offered").pk, deed=deed, by=by)
        return None
    pair = _pair(request)
    if deed == Deed.SWAP:
        return deciding.pair_swap(pair=pair.pk, by=by).pk
    if deed == Deed.EDIT:
        texts = {name: request.POST.get(name, "") for name in ("chosen", "rejected")}
        return deciding.pair_edit(pair=pair, by=by, **texts).pk
    if deed == Deed.SKIP:
        deciding.pair_skip(pair=pair.pk, by=by)
    elif deed in deciding.OUTCOME:
        deciding.pair_judge(pair=pair.pk, deed=deed, by=by)
    else:
        raise DeskRefused
    return None


def desk_context(
    request: HttpRequest, persona: Persona | None, *, shown: int | None = None, said: Any = "", refused: bool = False
) -> dict[str, Any]:
    """What the desk shows: the pair this curator has before them, and how far along they are."""
    curator = request.user
    pair = pair_to_show(pk=shown) if shown else queue_next(curator=curator, persona=persona)
    return {
        "offered": exemplar_deeds.pair_offered(curator=curator),
        "pair": pair,
        "card": card(pair) if pair else None,
        "persona": persona,
        "personas": personas_active(),
        "progress": progress_of(curator=curator, persona=persona),
        "said": said,
        "refused": refused,
        "queue_url": reverse("admin:curation_queue"),
    }


def card(pair: PreferencePair) -> dict[str, Any]:
    """A pair's conversation, with only its end open, and both replies with what differs."""
    chosen, rejected = differences(pair.chosen, pair.rejected)
    earlier = max(len(pair.prompt) - SHOWN_MESSAGES, 0)
    return {
        "earlier": pair.prompt[:earlier],
        "recent": pair.prompt[earlier:],
        "chosen": chosen,
        "rejected": rejected,
        "will_train": pair.may_train,
    }


def queue_address(persona: Persona | None) -> str:
    """Where the queue of this persona, or of all, is found."""
    query = f"?{urlencode({'persona': persona.slug})}" if persona else ""
    return reverse("admin:curation_queue") + query


def _persona(slug: str | None) -> Persona | None:
    return Persona.objects.filter(slug=slug).first() if slug else None


def _pair(request: HttpRequest, name: str = "pair") -> PreferencePair:
    number = request.POST.get(name, "")
    pair = PreferencePair.objects.filter(pk=number).first() if number.isdecimal() else None
    if pair is None:
        raise DeskRefused  # its visitor has just left, and taken it along
    return pair
