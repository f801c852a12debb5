"""A talk with a persona, one finished reply, and versions that wrote it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from personas.chat.models import Conversation, Reply
from personas.chat.services import conversation_start, turn_send
from personas.curation.roles import curators
from personas.privacy.models import Visitor
from personas.registry.models import AdapterVersion, Persona
from personas.thumbs.models import Thumb
from personas.thumbs.services import thumb_give
from tests.replies import finish


@pytest.fixture
def version(sora: Persona) -> AdapterVersion:
    """Sora's champion."""
    made = AdapterVersion.objects.create(persona=sora, number=1, base_hash="b" * 64, path="-", weights_sha256="w" * 64)
    Persona.objects.filter(pk=sora.pk).update(champion=made)
    sora.refresh_from_db()
    return made


@pytest.fixture
def conversation(owner: Visitor, sora: Persona, version: AdapterVersion) -> Conversation:
    return conversation_start(visitor=owner, persona=sora)


@pytest.fixture
def reply(conversation: Conversation) -> Reply:
    """A finished reply of the owner's."""
    return finish(turn_send(conversation=conversation, text="살 빼고 싶어").replies.get(), "산책부터 같이 해볼까~")


@pytest.fixture
def consenting(owner: Visitor) -> Visitor:
    """The owner, who allowed training."""
    owner.training_consent_at = timezone.now()
    owner.save()
    return owner


@pytest.fixture
def judge(client: Client) -> User:
    """A curator with the rights of their role, logged in."""
    user = User.objects.create_user("judge", is_staff=True)
    user.groups.add(curators())
    client.force_login(user)
    return user


@pytest.fixture
def make_thumb(sora: Persona, version: AdapterVersion) -> Callable[..., Thumb]:
    """A thumb in a talk of its own: `make_thumb(owner, "up", "approved", "010-1234-5678로 전화해")`."""

    def make(visitor: Visitor, direction: str = "up", status: str = "approved", text: str = "") -> Thumb:
        talk = conversation_start(visitor=visitor, persona=sora)
        number = Thumb.objects.count() + 1
        said = turn_send(conversation=talk, text=f"질문 {number}")
        reply = finish(said.replies.get(), text or f"답 {number}")
        thumb = thumb_give(reply=reply, visitor=visitor, direction=direction)
        Thumb.objects.filter(pk=thumb.pk).update(status=status)
        thumb.refresh_from_db()
        return thumb

    return make
