"""How many sockets one visitor and one address may hold in a web process. A page has one, a person a few pages."""

from collections import Counter
from http.cookies import CookieError, SimpleCookie
from typing import Any

from config.addresses import address_of_scope
from config.visitors import visitor_id_from_cookies

OF_ONE_VISITOR = 20
OF_ONE_ADDRESS = 1000  # a carrier puts many people behind one
TRY_LATER = 1013  # close code of RFC 6455's registry; pages connect again after a while

_open: Counter[str] = Counter()


def with_socket_limits(application):
    """The ASGI application for sockets; one too many is closed before anything is asked of it."""

    async def connect(scope, receive, send) -> None:
        held = {f"visitor {_visitor(scope)}": OF_ONE_VISITOR, f"address {address_of_scope(scope)}": OF_ONE_ADDRESS}
        counted = {name: most for name, most in held.items() if not name.endswith(" ")}
        if any(_open[name] >= most for name, most in counted.items()):
            # Accepted first: a handshake that is refused looks to a browser like a broken line.
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": TRY_LATER})
            return
        _open.update(counted.keys())
        try:
            await application(scope, receive, send)
        finally:
            _open.subtract(counted.keys())
            for name in counted:
                if _open[name] <= 0:
                    del _open[name]

    return connect


def _visitor(scope: dict[str, Any]) -> str:
    """Whose socket it is by its cookie; empty for nobody's."""
    header = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    try:
        cookies = {name: morsel.value for name, morsel in SimpleCookie(header.decode("latin-1")).items()}
    except CookieError:
        return ""
    return str(visitor_id_from_cookies(cookies) or "")
