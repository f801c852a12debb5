from collections.abc import Callable

import pytest

from personas.chat.models import Conversation, Reply, Turn
from personas.chat.services import arena_start, turn_send
from personas.privacy.models import Visitor
from personas.registry.models import Persona
from tests.replies import finish

MESSAGE = "오늘 배포하다 장애 냈어"


@pytest.fixture(autouse=True)
def real_redis(redis_server: str) -> None:
    """Every test here sends its tasks to the test's own Redis."""


@pytest.fixture
def arena(owner: Visitor, personas: dict[str, Persona]) -> Conversation:
    """The owner's empty arena."""
    return arena_start(visitor=owner)


@pytest.fixture
def round_(arena: Conversation) -> Turn:
    """A message, with both replies queued."""
    return turn_send(conversation=arena, text=MESSAGE)


@pytest.fixture
def end(db) -> Callable[..., Reply]:
    """Ends one persona's newest reply to a turn: `end(round_, "egen", "괜찮아?")`."""

    def write(turn: Turn, slug: str, text: str, status: str = "done") -> Reply:
        reply = turn.replies.filter(persona__slug=slug).latest("number")
        return finish(reply, text, status)

    return write


@pytest.fixture
def answered(round_: Turn, end: Callable[..., Reply]) -> Turn:
    """A message that both have answered."""
    end(round_, "egen", "헉, 심장 철렁했겠다ㅠㅠ")
    end(round_, "teto", "롤백부터 해.")
    return round_
