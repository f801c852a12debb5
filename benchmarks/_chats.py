"""Visitors with conversations on a site that runs, and the sockets of their pages."""

import uuid
from collections.abc import Callable

from websockets.asyncio.client import connect

from tests.e2e.site import Site

# A persona without an adapter rambles on to its last token, so that every reply is as long.
_SEED = """
from config.visitors import signed
from personas.chat.services import conversation_start
from personas.privacy.models import Visitor
from personas.registry.models import Persona
rambler, _made = Persona.objects.update_or_create(slug="rambler", defaults=dict(
    name="수다", name_en="Rambler", tagline="말이 많다", tagline_en="Talks a lot", color="#555555",
    sampling={"max_new_tokens": 120, "temperature": 1.0, "repetition_penalty": 1.0}))
for _ in range(COUNT):
    visitor = Visitor.objects.create()
    print(signed(visitor.pk), conversation_start(visitor=visitor, persona=rambler).pk)
"""

Page = Callable[[], connect]  # opens the socket of one visitor's chat page


def pages(site: Site, count: int) -> list[Page]:
    """So many visitors, each with an empty conversation that talks at length."""
    lines = site.shell(_SEED.replace("COUNT", str(count))).splitlines()
    return [_page(site.port, *line.split()) for line in lines]


def _page(port: int, cookie: str, conversation: str) -> Page:
    return lambda: connect(
        f"ws://127.0.0.1:{port}/ws/chat/{conversation}/",
        additional_headers={"Cookie": f"visitor={cookie}"},
        origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
        open_timeout=60,
    )


def message(text: str) -> dict[str, str]:
    """The frame with which a page sends a message."""
    return {"action": "send", "text": text, "turn": str(uuid.uuid4())}
