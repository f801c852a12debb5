"""The web process: Django for pages, Channels for sockets. Never imports torch (tests/rules shows it).

Pages are Django's plain, synchronous handler in a few lasting threads: one change of threads a request and a database
connection that stays. Under Django's asynchronous handler each request gets threads of its own and changes between them
at every layer that speaks the other way, which took four fifths of a small page's time (`benchmarks web`).
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

django_application = get_asgi_application()  # loads the apps; the imports below need them

from a2wsgi import WSGIMiddleware  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402

from config.socket_limits import with_socket_limits  # noqa: E402
from config.static_files import with_static_files  # noqa: E402
from config.whole_requests import with_whole_requests  # noqa: E402
from personas.chat.routing import websocket_urlpatterns as chat_sockets  # noqa: E402
from quiz.routing import websocket_urlpatterns as quiz_sockets  # noqa: E402

PAGE_THREADS = 10  # requests at a time, and database connections; the others wait their turn
PICTURE_THREADS = 2  # of their own: whoever waits for a picture to be drawn holds up no page
PROBES = ("/healthz", "/readyz")  # asynchronous views: they answer while every thread is busy

_django = get_wsgi_application()


def _in_threads(count: int):
    """Django in so many threads. None of them waits for who sends or reads slowly: a queue of size 0 has no end."""
    return with_whole_requests(WSGIMiddleware(_django, workers=count, send_queue_size=0))


_pages = with_static_files(_in_threads(PAGE_THREADS))
_pictures = _in_threads(PICTURE_THREADS)


async def http(scope, receive, send):
    """Answer one HTTP request."""
    path = scope["path"]
    if path in PROBES:
        answer = django_application
    elif path.endswith(".png") and not path.startswith(settings.STATIC_URL):
        answer = _pictures
    else:
        answer = _pages
    await answer(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": with_socket_limits(
            AllowedHostsOriginValidator(CookieMiddleware(URLRouter(chat_sockets + quiz_sockets)))
        ),
    }
)
