import pytest

from personas.chat.models import Conversation, Reply
from personas.chat.services import conversation_start, turn_send
from personas.privacy.models import Visitor
from personas.registry.models import Persona
from personas.voting.models import Comparison
from personas.voting.services import comparison_open
from tests.replies import finish


@pytest.fixture
def conversation(owner: Visitor, egen: Persona) -> Conversation:
    return conversation_start(visitor=owner, persona=egen)


@pytest.fixture
def first(conversation: Conversation) -> Reply:
    """A finished reply."""
    return finish(turn_send(conversation=conversation, text="살 빼고 싶어").replies.get(), "산책부터 같이 해볼까~")


@pytest.fixture
def comparison(first: Reply) -> Comparison:
    """Two finished replies side by side."""
    made = comparison_open(reply=first)
    finish(made.turn.replies.exclude(pk=first.pk).get(), "마음 먹은 것부터 대단해!")
    made.refresh_from_db()
    return made
