"""A talk of the owner's, and what they say in it."""

import pytest

from personas.chat.models import Conversation, Turn
from personas.chat.services import conversation_start, turn_send
from tests.replies import finish


@pytest.fixture
def talk(redis_server, owner, egen) -> Conversation:
    return conversation_start(visitor=owner, persona=egen)


@pytest.fixture
def say(redis_server):
    """`say(talk, "나 지민이야")`: the message is taken and answered."""

    def send(conversation: Conversation, text: str) -> Turn:
        turn = turn_send(conversation=conversation, text=text)
        for reply in turn.replies.all():
            finish(reply)
        return turn

    return send
