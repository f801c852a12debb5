"""From a message that is taken to what the next reply knows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from personas.chat.errors import ChatRefused
from personas.chat.reply_lifecycle import reply_start
from personas.chat.services import arena_start, conversation_delete, conversation_start, turn_send
from personas.memory.models import KnownFact
from personas.memory.selectors import facts_of

pytestmark = pytest.mark.django_db


def job_for(conversation, text: str):
    """What a worker gets for the first reply to this message."""
    reply = turn_send(conversation=conversation, text=text).replies.first()
    return reply_start(reply_id=str(reply.pk), attempt=1)


def test_the_reply_to_the_message_that_tells_knows_it(talk):
    assert job_for(talk, "안녕 나 지민이야").known == {"이름": "지민"}


def test_another_conversation_knows_it_too(talk, say, owner, teto):
    for text in ("나 지민이야", "우리 고양이 이름은 나비야", "나는 등산 좋아해. 나는 겨울 좋아해", "나 내일 면접 있어"):
        say(talk, text)
    assert job_for(conversation_start(visitor=owner, persona=teto), "안녕").known == {
        "이름": "지민",
        "반려동물": "고양이 나비",
        "일정": "내일 면접",
        "좋아하는 것": "등산, 겨울",
    }


def test_no_other_visitor_is_answered_with_it(talk, say, stranger, egen):
    say(talk, "나 지민이야")
    assert job_for(conversation_start(visitor=stranger, persona=egen), "안녕").known == {}


def test_the_arena_knows_nothing_since_each_message_stands_alone_there(talk, say, owner):
    say(talk, "나 지민이야")
    assert job_for(arena_start(visitor=owner), "안녕").known == {}


def test_a_reply_knows_the_time_in_seoul(talk):
    local_time = job_for(talk, "지금 몇 시야?").local_time
    assert local_time.utcoffset() == timedelta(hours=9)
    assert abs(timezone.now() - local_time) < timedelta(minutes=1)


def test_a_message_that_is_refused_tells_nothing(talk, owner):
    turn_send(conversation=talk, text="안녕")
    with pytest.raises(ChatRefused):
        turn_send(conversation=talk, text="나 지민이야")  # the first is still being answered
    assert facts_of(owner) == {}


def test_a_message_of_danger_tells_nothing(talk, say, owner):
    say(talk, "나 지민이야. 죽고 싶어")
    assert facts_of(owner) == {}


def test_a_plan_that_is_over_is_not_told_and_leaves_with_the_next_note(talk, say, owner):
    long_ago = timezone.localdate() - timedelta(days=8)
    now = timezone.now()
    KnownFact.objects.create(visitor=owner, conversation=talk, kind="plan", value="면접", day=long_ago, noted_at=now)
    assert facts_of(owner) == {}
    say(talk, "나 지민이야")
    assert [fact.kind for fact in KnownFact.objects.all()] == ["name"]


def test_a_correction_and_a_wish_to_forget_reach_what_is_kept(talk, say, owner):
    say(talk, "내 이름은 지민이야")
    say(talk, "내 이름 지민 아니고 지만이야")
    assert facts_of(owner) == {"이름": "지만"}
    say(talk, "내 이름 잊어 줘")
    assert not KnownFact.objects.exists()


def test_what_was_told_goes_with_its_conversation(talk, say, owner, egen):
    say(talk, "나 지민이야")
    other = conversation_start(visitor=owner, persona=egen)
    say(other, "나는 등산 좋아해")
    conversation_delete(conversation=talk)
    assert facts_of(owner) == {"좋아하는 것": "등산"}


def test_what_is_told_again_elsewhere_stays(talk, say, owner, egen):
    say(talk, "나 지민이야")
    say(conversation_start(visitor=owner, persona=egen), "나 지민이야")
    conversation_delete(conversation=talk)
    assert facts_of(owner) == {"이름": "지민"}
