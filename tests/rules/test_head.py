"""Whoever may GET an address may ask with HEAD: previewers of links do, before they fetch anything."""

import re

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from personas.chat.models import Conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def quizzes(db) -> None:
    call_command("load_quizzes", verbosity=0)


SAMPLES = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "1",
    "slug": "egen",
    "str": "something",
    "path": "something",
}


def _addresses(resolver: URLResolver, before: str = "/") -> list[str]:
    """Every address outside the admin, its arguments filled in."""
    found: list[str] = []
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found.append(re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES[match[1] or "str"], address))
        elif address != "/admin/":
            found += _addresses(pattern, address)
    return found


ADDRESSES = _addresses(get_resolver())


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_refused_only_where_get_is(redis_server, client, egen, teto, quizzes, address):
    client.raise_request_exception = False
    looked, got = client.head(address), client.get(address)
    assert looked.status_code == got.status_code and not looked.content


@pytest.mark.parametrize("address", ["/", "/about/", "/quiz/developer/", "/quiz/developer/types/", "/chat/egen/"])
def test_the_pages_that_people_pass_on_answer_head(redis_server, client, egen, teto, quizzes, address):
    assert client.head(address).status_code == 200


@pytest.mark.parametrize("address", ["/chat/egen/", "/chat/auto/", "/chat/blend/?blend=58", "/arena/"])
def test_looking_with_head_begins_no_conversation(redis_server, client, egen, teto, address):
    assert client.head(address).status_code == 200
    assert not Conversation.objects.exists() and not client.cookies


@pytest.mark.parametrize("address", ["/chat/auto/", "/chat/blend/", "/arena/"])
def test_head_finds_no_chat_that_is_closed(redis_server, client, egen, teto, address):
    teto.is_active = False
    teto.save()
    assert client.head(address).status_code == 404
