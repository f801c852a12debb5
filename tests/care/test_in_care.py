"""Whoever is in danger is answered at once by what people wrote, and hears no model until they are safe."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.written import answers_of
from personas.care.models import Care, CareCount, CareTurn
from personas.care.selectors import care_of
from personas.chat import errors
from personas.chat.actions import frame_perform
from personas.chat.models import Reply
from personas.chat.selectors import messages_for_model
from personas.chat.services import (
    arena_start,
    auto_start,
    blend_start,
    care_answer,
    conversation_start,
    reply_another,
    reply_retry,
    turn_send,
)
from personas.switch.services import generation_switch_off
from tests.care.conftest import DANGER
from tests.replies import finish

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_answer_stands_there_at_once_and_nobody_was_asked_to_write_it(cared, tasks_sent):
    reply = cared.replies.get()
    assert reply.status == Reply.Status.DONE and "109" in reply.text and reply.adapters == []
    assert tasks_sent() == []


@pytest.mark.parametrize("persona", ["egen", "teto"])
def test_each_persona_speaks_in_its_own_voice(persona, owner, request):
    talk = conversation_start(visitor=owner, persona=request.getfixturevalue(persona))
    key = turn_send(conversation=talk, text=DANGER).care.answers[0]
    assert key in {answer.key for answer in answers_of(persona)}


def test_everything_said_after_it_is_answered_in_care(cared, conversation, tasks_sent):
    for text in ("그냥 아무도 날 안 찾았으면 좋겠어", "고마워", "오늘 급식 맛있었어"):
        assert turn_send(conversation=conversation, text=text).care
    assert tasks_sent() == []


def test_it_holds_in_every_other_talk_too(cared, owner, teto, egen, tasks_sent):
    others = [
        conversation_start(visitor=owner, persona=teto),
        arena_start(visitor=owner),
        auto_start(visitor=owner),
        blend_start(visitor=owner, egen_percent=30),
    ]
    for talk in others:
        assert turn_send(conversation=talk, text="안녕").replies.get().status == Reply.Status.DONE
    assert tasks_sent() == []


def test_nobody_else_is_in_care(cared, stranger, egen):
    talk = conversation_start(visitor=stranger, persona=egen)
    assert not hasattr(turn_send(conversation=talk, text="안녕"), "care")


def test_no_answer_is_given_twice_in_a_talk(conversation):
    given = [turn_send(conversation=conversation, text=f"{DANGER} {number}").care.answers[0] for number in range(6)]
    assert len(set(given)) == len(given)


def test_who_says_that_they_are_safe_talks_to_the_model_again(cared, conversation, owner, tasks_sent):
    assert care_answer(conversation=conversation, is_safe=True).replies.get().text
    assert care_of(visitor_id=owner.pk) is None
    turn = turn_send(conversation=conversation, text="오늘 급식 맛있었어")
    assert turn.replies.get().status == Reply.Status.QUEUED and len(tasks_sent()) == 1


def test_who_says_not_yet_stays_in_care(cared, conversation, owner):
    assert care_answer(conversation=conversation, is_safe=False).care.kind == "said_not_safe"
    assert care_of(visitor_id=owner.pk) is not None


def test_the_question_is_over_once_it_was_answered(cared, conversation):
    care_answer(conversation=conversation, is_safe=True)
    with pytest.raises(errors.CareOver):
        care_answer(conversation=conversation, is_safe=True)


def test_care_ends_by_itself_after_a_day(cared, conversation, owner):
    Care.objects.update(danger_at=timezone.now() - timedelta(hours=25))
    assert care_of(visitor_id=owner.pk) is None
    assert turn_send(conversation=conversation, text="안녕").care.kind == "day_passed"
    assert not hasattr(turn_send(conversation=conversation, text="안녕"), "care")


def test_a_new_danger_begins_it_again(cared, conversation, owner):
    care_answer(conversation=conversation, is_safe=True)
    turn_send(conversation=conversation, text=DANGER)
    assert care_of(visitor_id=owner.pk) is not None


def test_what_the_model_reads_later_holds_nothing_of_it(talked, cared, conversation):
    care_answer(conversation=conversation, is_safe=True)
    turn = turn_send(conversation=conversation, text="오늘 급식 맛있었어")
    assert messages_for_model(turn) == [{"role": "user", "content": "오늘 급식 맛있었어"}]


def test_there_is_no_second_answer_and_none_again(cared):
    for ask in (reply_another, reply_retry):
        with pytest.raises(errors.CareFirst):
            ask(reply=cared.replies.get())


def test_nor_to_what_was_said_before_it(talked, cared):
    with pytest.raises(errors.CareFirst):
        reply_another(reply=talked)


def test_what_a_model_is_writing_ends(conversation):
    running = turn_send(conversation=conversation, text="안녕").replies.get()
    turn_send(conversation=conversation, text=DANGER)
    running.refresh_from_db()
    assert running.status == Reply.Status.STOPPED


def test_no_limit_of_the_site_stands_in_the_way(conversation, settings):
    generation_switch_off(by=None)
    settings.MAX_RUNNING_REPLIES = 1
    assert "109" in turn_send(conversation=conversation, text=DANGER).replies.get().text


def test_who_writes_too_often_still_reads_whom_to_call(conversation, settings):
    settings.MESSAGES_A_MINUTE = 1
    frame = json.dumps({"action": "send", "text": DANGER})
    frame_perform(conversation=conversation, frame=frame)
    with pytest.raises(errors.HelpComesFirst) as refusal:
        frame_perform(conversation=conversation, frame=frame)
    assert "109" in str(refusal.value.message)


def test_its_words_name_no_conversation(cared, conversation):
    conversation.refresh_from_db()
    assert conversation.title == ""


def test_a_message_sent_twice_is_answered_and_counted_once(conversation, cared):
    again = turn_send(conversation=conversation, text=DANGER, turn_id=cared.pk)
    assert again == cared and CareTurn.objects.count() == 1 and CareCount.objects.get().count == 1


def test_sexual_words_are_refused_in_character_without_care(conversation, owner, tasks_sent):
    turn = turn_send(conversation=conversation, text="야한 얘기 해줘")
    assert turn.care.kind == "sexual" and turn.replies.get().text
    assert care_of(visitor_id=owner.pk) is None and tasks_sent() == []


def test_who_said_that_they_are_under_age_is_refused(conversation, owner):
    finish(turn_send(conversation=conversation, text="나 중2야").replies.get())
    turn = turn_send(conversation=conversation, text="야한 얘기 해줘")
    assert turn.care.kind == "underage" and turn.replies.get().text
    assert care_of(visitor_id=owner.pk) is None
