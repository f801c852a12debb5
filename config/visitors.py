"""Who is asking, without a login: a random id in a signed cookie, made when a page first needs it.

`quiz` and `personas` both own things by this id, and neither knows the other; so it lives here.
"""

import uuid
from collections.abc import Callable

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

COOKIE = "visitor"
MAX_AGE = 365 * 24 * 3600
_signer = signing.TimestampSigner(salt="config.visitors")


def visitor_id_from_cookies(cookies: dict[str, str]) -> uuid.UUID | None:
    """The id that a request or a socket's handshake carries, or None when it has none or a forged one."""
    try:
        return uuid.UUID(_signer.unsign(cookies[COOKIE], max_age=MAX_AGE))
    except (KeyError, ValueError, signing.BadSignature):
        return None


def signed(visitor_id: uuid.UUID) -> str:
    """The cookie's value for this visitor."""
    return _signer.sign(str(visitor_id))


def visitor_id(request: HttpRequest) -> uuid.UUID:
    """This visitor's id. The first call for a newcomer makes one, and the response sets the cookie."""
    known = existing_visitor_id(request)
    if known is None:
        known = request._new_visitor_id = uuid.uuid4()  # type: ignore[attr-defined]
    return known


def existing_visitor_id(request: HttpRequest) -> uuid.UUID | None:
    """This visitor's id, or None for someone who has none yet (pages that only look make no cookie)."""
    return getattr(request, "_new_visitor_id", None) or visitor_id_from_cookies(request.COOKIES)


def _set_cookie(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    new = getattr(request, "_new_visitor_id", None)
    if new is not None:
        response.set_cookie(
            COOKIE, signed(new), max_age=MAX_AGE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@sync_and_async_middleware
def VisitorMiddleware(get_response: Callable) -> Callable:
    """Write the cookie of a visitor who got an id during this request."""

    async def in_async(request: HttpRequest) -> HttpResponse:
        return _set_cookie(request, await get_response(request))

    def in_sync(request: HttpRequest) -> HttpResponse:
        return _set_cookie(request, get_response(request))

    return in_async if iscoroutinefunction(get_response) else in_sync
