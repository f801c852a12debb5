"""The web process: Django for pages, Channels for sockets. Never imports torch (tests/rules shows it)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()  # loads the apps; the imports below need them

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402

from personas.chat.routing import websocket_urlpatterns as chat_sockets  # noqa: E402
from quiz.routing import websocket_urlpatterns as quiz_sockets  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(CookieMiddleware(URLRouter(chat_sockets + quiz_sockets))),
    }
)
