"""The thumbs' addresses. htmx gets the turn's new HTML; a browser without scripts goes back to the chat."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.visitors import existing_visitor_id
from personas.chat.errors import ChatRefused
from personas.chat.models import Reply
from personas.chat.turn_answers import said_answer, turn_answer
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
    return turn_answer(request, reply.turn, refusal)


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
    return said_answer(request, reply.turn.conversation, said)


def _own_reply(request: HttpRequest, reply_id: uuid.UUID) -> Reply:
    reply = reply_of(visitor_id=existing_visitor_id(request), reply_id=reply_id)
    if reply is None:
        raise Http404
    return reply
