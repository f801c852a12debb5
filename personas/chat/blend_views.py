"""The chat with egen and teto in one, and its slider."""

import re
import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.limits import count_start
from config.visitors import existing_visitor_id, visitor_id
from personas.chat.company import company_of
from personas.chat.errors import BlendInvalid, ChatRefused, PersonaClosed
from personas.chat.models import Conversation
from personas.chat.selectors import latest_mixed_conversation, own_egen_percent
from personas.chat.services import blend_set, blend_start
from personas.chat.views import chat_page, own_conversation
from personas.chat.voices import ends
from personas.privacy.models import Visitor
from personas.privacy.services import visitor_ensure

HALF = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def blend(request: HttpRequest) -> HttpResponse:
    """GET: the visitor's latest blend, made on the first visit; with `?blend=58`, one with 58 % egen. POST: a new one.

    HEAD, which link previewers ask with, begins and moves nothing.
    The address with a number leads on to the conversation's own: looked at again, it must not undo the slider.
    Raises LimitReached.
    """
    mine = existing_visitor_id(request)
    latest = latest_mixed_conversation(visitor_id=mine, voice=Conversation.Voice.BLEND) if mine else None
    if request.method == "HEAD":
        return _looked_at()
    asked = _percent(request.GET.get("blend"))
    if latest is None or request.method == "POST":
        count_start(request, "conversations")
    visitor = visitor_ensure(visitor_id=visitor_id(request))
    try:
        found = _begin(visitor, asked) if latest is None else _go_on(latest, asked, anew=request.method == "POST")
    except PersonaClosed as closed:
        raise Http404 from closed
    is_plain = request.method == "GET" and "blend" not in request.GET
    return chat_page(request, found) if is_plain else redirect(found)


def _looked_at() -> HttpResponse:
    try:
        ends()
    except PersonaClosed as closed:
        raise Http404 from closed
    return HttpResponse()


def _begin(visitor: Visitor, percent: int | None) -> Conversation:
    """A first blend: as asked for, else like the visitor's own test result, else half and half."""
    percents = (percent, own_egen_percent(visitor.pk), HALF)
    return blend_start(visitor=visitor, egen_percent=next(known for known in percents if known is not None))


def _go_on(latest: Conversation, percent: int | None, *, anew: bool) -> Conversation:
    """The latest blend, unless another is asked for. One in which nothing was said yet is used for that."""
    wanted = latest.egen_percent if percent is None else percent
    if wanted == latest.egen_percent and not anew:
        return latest
    if latest.turns.exists():
        return blend_start(visitor=latest.visitor, egen_percent=wanted)
    blend_set(conversation=latest, egen_percent=wanted)
    return latest


@require_POST
def blend_change(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The slider was moved. htmx gets the head of the page anew; a browser without scripts the whole page."""
    conversation = own_conversation(request, conversation_id)
    teto = _percent(request.POST.get("teto"))
    refusal = None
    try:
        if teto is None:
            raise BlendInvalid
        blend_set(conversation=conversation, egen_percent=100 - teto)
    except ChatRefused as error:
        refusal = error.message
    if request.htmx:  # type: ignore[attr-defined]
        context = {"company": company_of(conversation), "refusal": refusal}
        return render(request, "chat/_blended.html", context)
    if refusal:
        messages.info(request, refusal)
    return redirect(conversation)


def _percent(text: str | None) -> int | None:
    """A whole number from 0 to 100; None for anything else."""
    found = re.fullmatch(r"[0-9]{1,3}", text or "")
    return int(found[0]) if found and int(found[0]) <= 100 else None
