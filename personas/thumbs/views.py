"""The thumbs' addresses. htmx gets the turn's new HTML; a browser without scripts goes back to the chat."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.visitors import existing_visitor_id
from personas.chat.errors import ChatRefused
from personas.chat.log import log_of
from personas.chat.models import Reply
from personas.privacy.services import consent_set
from personas.thumbs.selectors import reply_of, thumb_of
from personas.thumbs.services import thumb_explain, thumb_give, thumb_take_back


@require_POST
def thumb(request: HttpRequest, reply_id: uuid.UUID) -> HttpResponse:
    """Say what one thinks of a reply of one's own; without a direction, take it back."""
    reply = _own_reply(request, reply_id)
    visitor = reply.turn.conversation.visitor
    direction, refusal = request.POST.get("direction", ""), None
    try:
        if direction:
            thumb_give(reply=reply, visitor=visitor, direction=direction)
        else:
            thumb_take_back(reply=reply, visitor=visitor)
    except ChatRefused as error:
        refusal = error.message
    if request.htmx:  # type: ignore[attr-defined]
        return _turn(request, reply, refusal)
    if refusal:
        messages.info(request, refusal)
    return redirect(reply.turn.conversation)


@require_POST
def reasons(request: HttpRequest, reply_id: uuid.UUID) -> HttpResponse:
    """Say why, and whether it may train, after one's thumb."""
    reply = _own_reply(request, reply_id)
    given = thumb_of(reply=reply)
    if given is None:
        raise Http404
    try:
        if "consent_asked" in request.POST:
            consent_set(visitor=reply.turn.conversation.visitor, given="consent" in request.POST)
        thumb_explain(thumb=given, reasons=request.POST.getlist("reason"))
        said = _("적어 두었어요. 고마워요!")
    except ChatRefused as error:
        said = str(error.message)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(said, content_type="text/plain; charset=utf-8")
    messages.info(request, said)
    return redirect(reply.turn.conversation)


def _own_reply(request: HttpRequest, reply_id: uuid.UUID) -> Reply:
    reply = reply_of(visitor_id=existing_visitor_id(request), reply_id=reply_id)
    if reply is None:
        raise Http404
    return reply


def _turn(request: HttpRequest, reply: Reply, refusal: object) -> HttpResponse:
    log = log_of(reply.turn.conversation)
    shown = log.turn(reply.turn_id)
    if shown is None:  # another tab has leafed elsewhere; this page hears of it by its socket
        return HttpResponse(status=204)
    return render(request, "chat/_voted.html", {"log": log, "shown": shown, "refusal": refusal})
