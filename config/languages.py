"""Which language a page speaks: Korean, unless the visitor chose another one.

Not the browser's Accept-Language: the test and the personas are Korean, so another language is a choice, made in the
footer and kept in Django's language cookie.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

# A CSRF token would put a cookie on every page with the switch, a shared result included, to guard a harmless choice.
language_choose = csrf_exempt(set_language)


def chosen_language(request: HttpRequest) -> str:
    """The language in this visitor's cookie, or Korean for who chose none and for a value that means nothing here."""
    return supported(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def supported(language: str) -> str:
    """This language if the site speaks it, else Korean."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def language_of_socket(scope: dict[str, Any]) -> str:
    """The language of the page that opened this socket, from its address (`?lang=`): a socket has no middleware."""
    return supported(parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0])


def _set_headers(response: HttpResponse, language: str) -> HttpResponse:
    # A view that named a language itself (a picture) speaks it to everyone, whatever their cookie.
    if "Content-Language" not in response:
        patch_vary_headers(response, ["Cookie"])
        response["Content-Language"] = language
    return response


@sync_and_async_middleware
def LanguageMiddleware(get_response: Callable) -> Callable:
    """Answer each request in its visitor's language."""

    async def in_async(request: HttpRequest) -> HttpResponse:
        request.LANGUAGE_CODE = language = chosen_language(request)
        with translation.override(language):
            return _set_headers(await get_response(request), language)

    def in_sync(request: HttpRequest) -> HttpResponse:
        request.LANGUAGE_CODE = language = chosen_language(request)
        with translation.override(language):
            return _set_headers(get_response(request), language)

    return in_async if iscoroutinefunction(get_response) else in_sync
