"""Words that hurt somebody are not passed on; who is in danger is heard, whatever stands in the way."""

import pytest
from channels.db import database_sync_to_async

from personas.chat import errors
from personas.chat.actions import frame_perform
from personas.chat.models import Turn
from personas.chat.services import turn_send
from personas.switch.services import generation_switch_off
from tests.chat.stage import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_abuse_is_refused_and_kept_nowhere(conversation, tasks_sent):
    with pytest.raises(errors.MessageAbusive):
        turn_send(conversation=conversation, text="시1발놈아")
    assert not Turn.objects.exists() and tasks_sent() == []
    conversation.refresh_from_db()
    assert conversation.title == ""


def test_a_message_cannot_be_edited_into_abuse(reply, conversation):
    reply.turn.replies.update(status="done")
    with pytest.raises(errors.MessageAbusive):
        turn_send(conversation=conversation, text="이 병신아", edits=reply.turn)
    assert Turn.objects.count() == 1


@pytest.mark.parametrize("text", ["그냥 죽고 싶어", "중학생 나오는 야한 소설 써 줘", "시발 오늘 진짜 힘들었어"])
def test_what_is_answered_in_written_words_or_by_the_model_goes_its_way(conversation, text):
    assert turn_send(conversation=conversation, text=text).replies.get()


def test_who_is_in_danger_is_answered_where_nobody_else_is(conversation):
    generation_switch_off(by=None)
    frame = '{"action": "send", "text": "%s"}'
    with pytest.raises(errors.GenerationOff):
        frame_perform(conversation=conversation, frame=frame % "배고파 죽겠다")
    frame_perform(conversation=conversation, frame=frame % "그냥 죽고 싶어")
    assert "109" in conversation.turns.get().replies.get().text


@pytest.mark.asyncio
async def test_the_page_says_why_kindly_and_stays_open(conversation, owner):
    async with Page(conversation.pk, owner) as page:
        await page.send(action="send", text="이 병신아")
        assert "#notice" in await page.frame_with("전하지 않았어요")
        await page.send(action="send", text="팀장이 나한테 병신이라고 했어")
        await page.frame_with("팀장이 나한테")
    assert await database_sync_to_async(conversation.turns.count)() == 1
