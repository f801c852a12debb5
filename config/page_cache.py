"""Pages that everyone without a cookie of ours sees alike: rendered once in a few seconds, per language and address.

Whoever gets a kept page still gets a nonce of their own (config.content_policy).
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_page

from config.visitors import COOKIE

# So long a page may lag behind: short enough for who deletes a result, long enough for a link in a busy chat room.
SECONDS = 5

_NONCE = "X-Kept-Nonce"  # on a kept page alone; nobody outside sees it


def cached_for_newcomers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the view's answer to those whom the site doesn't know yet. It must show them nothing of their own.

    An address with a query is left alone: whoever makes up queries would fill the cache.
    """

    @cache_page(SECONDS)
    def kept(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response[_NONCE] = str(request.csp_nonce)  # type: ignore[attr-defined]
        return response

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        is_newcomer = COOKIE not in request.COOKIES and not request.META["QUERY_STRING"]
        if not is_newcomer:
            return view(request, *args, **kwargs)
        return _with_own_nonce(request, kept(request, *args, **kwargs))

    return answer


def _with_own_nonce(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A kept page with this request's nonce in the place of the one that it was rendered with."""
    rendered_with, own = response[_NONCE], str(request.csp_nonce)  # type: ignore[attr-defined]
    del response[_NONCE]
    if rendered_with != own:
        response.content = response.content.replace(rendered_with.encode(), own.encode())
    return response
