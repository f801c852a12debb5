"""Pages that everyone without a cookie of ours sees alike: rendered once in a few seconds, per language and address."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_page

from config.visitors import COOKIE

# So long a page may lag behind: short enough for who deletes a result, long enough for a link in a busy chat room.
SECONDS = 5


def cached_for_newcomers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the view's answer to those whom the site doesn't know yet. It must show them nothing of their own.

    An address with a query is left alone: whoever makes up queries would fill the cache.
    """
    cached = cache_page(SECONDS)(view)

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        is_newcomer = COOKIE not in request.COOKIES and not request.META["QUERY_STRING"]
        return (cached if is_newcomer else view)(request, *args, **kwargs)

    return answer
