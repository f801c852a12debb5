"""The chat page, and the list of what was talked about. Words of a chat come over the socket (consumers.py)."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.limits import count_start
from config.visitors import existing_visitor_id, visitor_id
from personas.chat.company import company_of
from personas.chat.errors import ChatRefused, PersonaClosed
from personas.chat.log import log_of
from personas.chat.models import Conversation
from personas.chat.selectors import (
    conversation_of,
    conversations_of,
    latest_conversation,
    latest_mixed_conversation,
    persona_by_slug,
)
from personas.chat.services import arena_start, auto_start, conversation_delete, conversation_rename, conversation_start
from personas.chat.voices import ends
from personas.privacy.models import Visitor
from personas.privacy.services import visitor_ensure
from personas.switch.selectors import generation_is_on


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the visitor's latest conversation with this persona, made on the first visit. POST: begin a new one.

    HEAD, which link previewers ask with, begins nothing. Raises LimitReached, which is a page of its own
    (config.limits).
    """
    persona = persona_by_slug(slug)
    if persona is None:
        raise Http404
    mine = existing_visitor_id(request)
    latest = latest_conversation(visitor_id=mine, persona=persona) if mine else None
    return _go_on_or_begin(request, latest, lambda visitor: conversation_start(visitor=visitor, persona=persona))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def auto(request: HttpRequest) -> HttpResponse:
    """The same, with whichever of egen and teto suits the message."""
    return _mixed(request, Conversation.Voice.AUTO, auto_start)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def arena(request: HttpRequest) -> HttpResponse:
    """The same, with egen and teto side by side."""
    return _mixed(request, Conversation.Voice.ARENA, arena_start)


def _mixed(request: HttpRequest, voice: Any, start: Callable[..., Conversation]) -> HttpResponse:
    mine = existing_visitor_id(request)
    latest = latest_mixed_conversation(visitor_id=mine, voice=voice) if mine else None
    try:
        if latest is None:
            ends()
        return _go_on_or_begin(request, latest, lambda visitor: start(visitor=visitor))
    except PersonaClosed as closed:
        raise Http404 from closed


def _go_on_or_begin(
    request: HttpRequest, latest: Conversation | None, begin: Callable[[Visitor], Conversation]
) -> HttpResponse:
    """GET shows the latest; POST begins another, unless nothing was said in the latest yet; HEAD only looks.

    Raises LimitReached.
    """
    begins = request.method == "POST" and latest is not None and latest.turns.exists()
    conversation = latest
    if latest is None and request.method == "HEAD":
        return HttpResponse()
    if conversation is None or begins:
        count_start(request, "conversations")
        conversation = begin(visitor_ensure(visitor_id=visitor_id(request)))
    return redirect(conversation.door) if request.method == "POST" else chat_page(request, conversation)


@never_cache
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """The visitor's conversations. Looking makes no cookie."""
    mine = conversations_of(visitor_id=existing_visitor_id(request))
    return render(request, "chat/conversations.html", {"conversations": mine})


@never_cache
@require_safe
def conversation(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The chat page of an older conversation."""
    return chat_page(request, own_conversation(request, conversation_id))


@require_POST
def rename(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Give a conversation another title."""
    try:
        conversation_rename(
            conversation=own_conversation(request, conversation_id), title=request.POST.get("title", "")
        )
    except ChatRefused as refusal:
        messages.info(request, refusal.message)
    return redirect("conversations")


@require_POST
def delete(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Delete a conversation with all that came of it."""
    conversation_delete(conversation=own_conversation(request, conversation_id))
    messages.success(request, _("대화를 지웠어요."))
    return redirect("conversations")


def chat_page(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """The page of one conversation."""
    context = {"log": log_of(conversation), "company": company_of(conversation), "is_resting": not generation_is_on()}
    return render(request, "chat/chat.html", context)


def own_conversation(request: HttpRequest, conversation_id: uuid.UUID) -> Conversation:
    """A conversation of whoever asks. Raises Http404 for anybody else's, as for one that does not exist."""
    mine = existing_visitor_id(request)
    found = conversation_of(visitor_id=mine, conversation_id=str(conversation_id)) if mine else None
    if found is None:
        raise Http404
    return found
