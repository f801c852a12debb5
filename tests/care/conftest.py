import pytest

from personas.chat.models import Conversation, Reply, Turn
from personas.chat.services import conversation_start, turn_send
from personas.privacy.models import Visitor
from personas.registry.models import Persona
from tests.replies import finish

DANGER = "그냥 죽고 싶어"


@pytest.fixture(autouse=True)
def real_redis(redis_server: str) -> None:
    """Limits are counted, and replies stopped, in the test's own Redis."""


@pytest.fixture
def conversation(owner: Visitor, egen: Persona) -> Conversation:
    return conversation_start(visitor=owner, persona=egen)


@pytest.fixture
def talked(conversation: Conversation) -> Reply:
    """A finished reply of a model."""
    return finish(turn_send(conversation=conversation, text="오늘 급식 맛있었어").replies.get())


@pytest.fixture
def cared(conversation: Conversation) -> Turn:
    """A turn of somebody in danger: they are in care from here on."""
    return turn_send(conversation=conversation, text=DANGER)


@pytest.fixture
def page_of_owner(visit, owner: Visitor):
    """The owner's browser."""
    return visit(owner)


@pytest.fixture
def tasks_sent(monkeypatch):
    """Ids of the replies that a worker was asked for."""
    sent: list[str] = []
    monkeypatch.setattr("personas.chat.reply_lifecycle.celery_app.send_task", lambda name, args: sent.append(args[0]))
    return lambda: sent
