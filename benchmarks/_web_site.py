"""The site's own ASGI application with one address more: a view that does nothing, to compare with."""

from config.asgi import application  # sets Django up, so it comes first

from django.conf import settings  # isort: skip
from django.http import HttpRequest, HttpResponse  # isort: skip
from django.urls import path  # isort: skip

from config.urls import urlpatterns as site  # isort: skip

__all__ = ["application"]


def bare(request: HttpRequest) -> HttpResponse:
    """As little as a view of Django can do, behind the site's own middleware."""
    return HttpResponse("hello")


urlpatterns = [path("bare/", bare), *site]
settings.ROOT_URLCONF = __name__
