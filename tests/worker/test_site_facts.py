"""A question about the site: the small base is not asked, a bigger one reads the facts before it answers."""

import pytest

from inference_worker import tasks
from personas.chat.models import Reply
from personas.chat.services import conversation_start, turn_send
from tests.worker.conftest import crown

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_of_the_tasks"),
]


@pytest.fixture
def ask(owner, egen, tiny_adapters):
    crown(egen, tiny_adapters["egen"])
    conversation = conversation_start(visitor=owner, persona=egen)

    def answer(text: str) -> Reply:
        reply = turn_send(conversation=conversation, text=text).replies.get()
        tasks.generate_reply(str(reply.pk), 1)
        return Reply.objects.get(pk=reply.pk)

    return answer


@pytest.fixture
def seen(engine, monkeypatch) -> list[dict]:
    """The messages that the model reads."""
    messages: list[dict] = []
    submit = engine.submit
    monkeypatch.setattr(engine, "submit", lambda chat, *rest: messages.extend(chat) or submit(chat, *rest))
    return messages


def test_the_small_base_is_not_asked(ask, monkeypatch, settings):
    settings.BASE_MODEL = ""
    monkeypatch.setattr(tasks, "engine", lambda: pytest.fail("the model was asked"))
    reply = ask("너 누구야?")
    assert reply.status == Reply.Status.DONE and "AI" in reply.text
    assert reply.facts.is_verbatim and reply.facts.key == "who"


def test_a_bigger_base_reads_the_facts_first(ask, seen, settings):
    settings.BASE_MODEL = "somebody/7b"
    reply = ask("너 누구야?")
    assert [message["role"] for message in seen] == ["system", "user"]
    assert seen[0]["content"] == reply.facts.context
    assert not reply.facts.is_verbatim


def test_an_ordinary_message_is_read_as_it_is(ask, seen):
    reply = ask("오늘 좀 힘들었어")
    assert [message["role"] for message in seen] == ["user"]
    assert not hasattr(reply, "facts")


def test_danger_comes_before_facts(ask, monkeypatch):
    monkeypatch.setattr(tasks, "engine", lambda: pytest.fail("the model was asked"))
    reply = ask("죽고 싶어. 상담 전화번호 알려 줘")
    assert "109" in reply.text and not hasattr(reply, "facts")
