"""The owner's page for sharing a conversation, and the page that others read."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.limits import LimitReached, count_start
from personas.chat.errors import ChatRefused, TooOften
from personas.chat.views import own_conversation
from personas.sharing.selectors import exchanges_to_share, link_by_token, open_link_of
from personas.sharing.services import link_make, link_revoke


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """GET: what others see, or would see. POST: make the link, anew where there is one."""
    conversation = own_conversation(request, conversation_id)
    if request.method == "POST":
        try:
            count_start(request, "links")
            link_make(conversation=conversation)
        except LimitReached as reached:
            messages.info(request, TooOften(reached).message)
        except ChatRefused as refusal:
            messages.info(request, refusal.message)
        return redirect("share", conversation_id=conversation_id)
    link = open_link_of(conversation)
    preview = exchanges_to_share(conversation)
    return render(
        request,
        "sharing/share.html",
        {
            "conversation": conversation,
            "link": link,
            "address": link and request.build_absolute_uri(link.get_absolute_url()),
            "exchanges": link.exchanges if link else preview,
            "has_moved_on": link is not None and link.exchanges != preview,
        },
    )


@require_POST
def revoke(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Take the link back."""
    link_revoke(conversation=own_conversation(request, conversation_id))
    messages.success(request, _("링크를 거뒀어요. 이제 아무도 열 수 없어요."))
    return redirect("share", conversation_id=conversation_id)


@never_cache
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What others read. 410 with words for a link that was taken back."""
    link = link_by_token(token)
    if link is None:
        raise Http404
    if link.revoked_at is not None:
        response = render(request, "sharing/revoked.html", status=410)
    else:
        response = render(request, "sharing/shared.html", {"link": link, "speaker": link.conversation.shown_name})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
