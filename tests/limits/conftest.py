import pytest

from personas.chat.models import Conversation, Reply
from personas.chat.reply_lifecycle import reply_finish, reply_start
from personas.chat.services import conversation_start
from personas.privacy.models import Visitor
from personas.registry.models import Persona


def finish(reply: Reply) -> None:
    reply_start(reply_id=str(reply.pk), attempt=1)
    reply_finish(reply_id=str(reply.pk), attempt=1, text="응, 듣고 있어~", status="done", tokens=3)


@pytest.fixture
def conversation(owner: Visitor, egen: Persona) -> Conversation:
    """The owner's empty conversation with egen."""
    return conversation_start(visitor=owner, persona=egen)
