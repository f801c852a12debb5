import json
from collections.abc import Callable

import pytest
import redis

from personas.chat.models import Conversation, Reply
from personas.chat.services import conversation_start, turn_send
from personas.privacy.models import Visitor
from personas.registry.models import Persona


@pytest.fixture(autouse=True)
def real_redis(redis_server: str) -> None:
    """Every test here sends its tasks to the test's own Redis."""


@pytest.fixture
def tasks_sent(redis_client: redis.Redis) -> Callable[[], list[list]]:
    """Arguments of the tasks that wait for a worker, oldest first."""

    def sent() -> list[list]:
        messages = reversed(redis_client.lrange("generate", 0, -1))
        return [json.loads(message)["headers"]["argsrepr"] for message in messages]

    return sent


@pytest.fixture
def conversation(owner: Visitor, egen: Persona) -> Conversation:
    """The owner's empty conversation with egen."""
    return conversation_start(visitor=owner, persona=egen)


@pytest.fixture
def reply(conversation: Conversation) -> Reply:
    """A reply to the owner's first message, queued."""
    return turn_send(conversation=conversation, text="오늘 배포하다 장애 냈어").replies.get()
