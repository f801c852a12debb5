"""How a form about a turn is answered: its new HTML for htmx, the chat again for a browser without scripts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from personas.chat.log import log_of
from personas.chat.models import Conversation, Turn


def turn_answer(request: HttpRequest, turn: Turn, refusal: object) -> HttpResponse:
    """The turn as it stands now, and beside it why nothing was done, if so."""
    if request.htmx:  # type: ignore[attr-defined]
        log = log_of(turn.conversation)
        shown = log.turn(turn.pk)
        if shown is None:  # another tab has leafed elsewhere; this page hears of it by its socket
            return HttpResponse(status=204)
        return render(request, "chat/_voted.html", {"log": log, "shown": shown, "refusal": refusal})
    if refusal:
        messages.info(request, refusal)
    return redirect(turn.conversation)


def said_answer(request: HttpRequest, conversation: Conversation, said: str) -> HttpResponse:
    """A few words."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(said, content_type="text/plain; charset=utf-8")
    messages.info(request, said)
    return redirect(conversation)
