from collections.abc import Callable

import pytest
from django.test import Client

from personas.chat.models import Conversation
from personas.chat.services import conversation_start
from personas.privacy.models import Visitor
from personas.registry.models import Persona


@pytest.fixture
def conversation(owner: Visitor, egen: Persona) -> Conversation:
    """The owner's empty conversation with egen."""
    return conversation_start(visitor=owner, persona=egen)


@pytest.fixture
def client(client: Client) -> Client:
    """A browser somewhere outside: this machine's own address has no limits."""
    client.defaults["REMOTE_ADDR"] = "198.51.100.4"
    return client


@pytest.fixture
def visit(visit: Callable[[Visitor], Client]) -> Callable[[Visitor], Client]:
    """The same for a person with a cookie."""

    def from_outside(person: Visitor) -> Client:
        browser = visit(person)
        browser.defaults["REMOTE_ADDR"] = "198.51.100.4"
        return browser

    return from_outside
