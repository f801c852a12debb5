"""Static files, answered before Django is asked."""

from django.conf import settings
from servestatic import ServeStaticASGI

_HASHED = r"\.[0-9a-f]{12}\."  # what collectstatic writes into a name: such a file never changes


def with_static_files(application):
    """The ASGI application, behind the files that collectstatic has gathered."""
    return ServeStaticASGI(
        application,
        root=str(settings.STATIC_ROOT),
        prefix=settings.STATIC_URL,
        immutable_file_test=_HASHED,
        add_headers_function=_set_headers,
    )


def _set_headers(headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
