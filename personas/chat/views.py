"""The chat page. Words come over the socket (consumers.py); this is what the browser opens."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config.visitors import visitor_id
from personas.chat.log import log_of
from personas.chat.selectors import latest_conversation, persona_by_slug
from personas.chat.services import conversation_start
from personas.privacy.services import visitor_ensure


@never_cache
@require_http_methods(["GET", "POST"])
def chat(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the visitor's latest conversation with this persona, made on the first visit. POST: begin a new one."""
    persona = persona_by_slug(slug)
    if persona is None:
        raise Http404
    visitor = visitor_ensure(visitor_id=visitor_id(request))
    conversation = latest_conversation(visitor_id=visitor.pk, persona=persona)
    begins = request.method == "POST" and conversation is not None and conversation.turns.exists()
    if conversation is None or begins:
        conversation = conversation_start(visitor=visitor, persona=persona)
    if request.method == "POST":
        return redirect("chat", slug=slug)
    return render(request, "chat/chat.html", {"log": log_of(conversation)})
