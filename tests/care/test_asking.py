"""Where the words do not say how serious it is, a person's question asks; the answer to it is understood."""

import pytest

from moderation import Danger
from personas.care import steps
from personas.care.models import Care
from personas.care.selectors import care_of
from personas.care.yes_and_no import is_no, is_yes
from personas.chat.services import turn_send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(conversation, monkeypatch):
    """A hint was read as one, and asked about."""
    monkeypatch.setattr(steps, "danger_of", lambda text, before: Danger("suicide", "self", "ask"))
    turn = turn_send(conversation=conversation, text="다 정리하니까 홀가분하다")
    monkeypatch.undo()
    return turn


def test_the_question_is_a_question(asked):
    assert asked.care.acute == "ask" and "?" in asked.replies.get().text


@pytest.mark.parametrize("answer", ["아니", "아니야 ㅋㅋ", "ㄴㄴ", "그런 거 아니야", "농담이야", "no"])
def test_a_no_ends_it_with_a_way_on(asked, conversation, owner, answer):
    turn = turn_send(conversation=conversation, text=answer)
    assert turn.care.kind == "said_safe" and care_of(visitor_id=owner.pk) is None


@pytest.mark.parametrize("answer", ["응", "ㅇㅇ", "가끔", "어", "네 있어요"])
def test_a_yes_is_heard(asked, conversation, owner, answer):
    turn = turn_send(conversation=conversation, text=answer)
    assert (turn.care.kind, turn.care.acute) == ("suicide", "thoughts")
    assert care_of(visitor_id=owner.pk) is not None


def test_anything_else_leaves_the_visitor_in_care(asked, conversation, owner):
    assert turn_send(conversation=conversation, text="몰라 그냥").care.kind == "still_in_care"
    assert Care.objects.get().ended_at is None


def test_a_no_means_nothing_once_the_danger_was_plain(cared, conversation, owner):
    turn_send(conversation=conversation, text="아니")
    assert care_of(visitor_id=owner.pk) is not None


@pytest.mark.parametrize(
    "text",
    [
        "아니 진짜로 그 사람이 나한테 그렇게 말하는 게 너무 서러웠다니까",
        "응원해 줘서 고마운데 나는 이제 그만하고 싶어 정말로",
    ],
)
def test_a_long_message_is_no_answer(text):
    assert not is_no(text) and not is_yes(text)
