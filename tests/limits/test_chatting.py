"""Who writes too much is told when there is room again, and loses nothing."""

import pytest
from channels.db import database_sync_to_async

from config.addresses import hashed
from personas.chat import errors
from personas.chat.actions import frame_perform
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.services import conversation_delete, conversation_start, reply_retry, turn_send
from tests.chat.stage import Page
from tests.replies import finish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]


def chat(conversation: Conversation, times: int) -> Reply:
    """Messages that are all answered; the last reply."""
    for number in range(times):
        finish(reply := turn_send(conversation=conversation, text=f"{number}").replies.get())
    return reply


def test_messages_a_minute(settings, conversation):
    settings.MESSAGES_A_MINUTE = 2
    chat(conversation, 2)
    with pytest.raises(errors.TooFast) as refusal:
        turn_send(conversation=conversation, text="셋")
    assert "초 뒤에 다시 보내 주세요" in str(refusal.value.message)
    assert Turn.objects.count() == 2


def test_asking_for_another_answer_is_a_message_too(settings, conversation):
    settings.MESSAGES_A_MINUTE = 2
    reply = chat(conversation, 2)
    with pytest.raises(errors.TooFast):
        reply_retry(reply=reply)
    assert Reply.objects.count() == 2


def test_replies_a_day(settings, conversation):
    settings.REPLIES_A_DAY = 2
    chat(conversation, 2)
    with pytest.raises(errors.DayFull) as refusal:
        turn_send(conversation=conversation, text="셋")
    assert "뒤에 다시 만나요" in str(refusal.value.message)


def test_a_redis_that_was_emptied_gives_nobody_a_second_day(settings, conversation, redis_client):
    settings.REPLIES_A_DAY = 2
    chat(conversation, 2)
    redis_client.flushall()
    with pytest.raises(errors.DayFull):
        turn_send(conversation=conversation, text="셋")


def test_a_deleted_conversation_gives_nothing_back(settings, conversation, owner, egen):
    settings.REPLIES_A_DAY = 2
    chat(conversation, 2)
    conversation_delete(conversation=conversation)
    with pytest.raises(errors.DayFull):
        turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="셋")


def test_a_refused_message_costs_nothing(settings, conversation):
    settings.REPLIES_A_DAY = 1
    for text, refusal in (("", errors.MessageEmpty), ("가" * 2000, errors.MessageTooLong)):
        with pytest.raises(refusal):
            turn_send(conversation=conversation, text=text)
    assert turn_send(conversation=conversation, text="안녕")


def test_a_message_sent_twice_costs_once(settings, conversation):
    settings.REPLIES_A_DAY = 2
    turn = turn_send(conversation=conversation, text="안녕")
    turn_send(conversation=conversation, text="안녕", turn_id=turn.pk)
    finish(turn.replies.get())
    assert turn_send(conversation=conversation, text="둘")


def test_another_visitor_has_a_day_of_their_own(settings, conversation, friend, egen):
    settings.REPLIES_A_DAY = 1
    chat(conversation, 1)
    assert turn_send(conversation=conversation_start(visitor=friend, persona=egen), text="안녕")


def test_fresh_cookies_do_not_help_who_floods_from_one_address(settings, conversation, friend, egen):
    settings.ADDRESS_REPLIES_A_DAY = 1
    frame, address = '{"action": "send", "text": "안녕"}', hashed("203.0.113.7")
    frame_perform(conversation=conversation, frame=frame, address=address)
    theirs = conversation_start(visitor=friend, persona=egen)
    with pytest.raises(errors.AddressFull) as refusal:
        frame_perform(conversation=theirs, frame=frame, address=address)
    assert "뒤에 다시 와 주세요" in str(refusal.value.message)
    assert frame_perform(conversation=theirs, frame=frame, address=hashed("203.0.113.8"))


def test_stopping_and_leafing_are_free(settings, conversation):
    settings.ADDRESS_REPLIES_A_DAY = settings.MESSAGES_A_MINUTE = settings.REPLIES_A_DAY = 1
    address = hashed("203.0.113.7")
    frame_perform(conversation=conversation, frame='{"action": "send", "text": "안녕"}', address=address)
    frame_perform(conversation=conversation, frame='{"action": "stop"}', address=address)
    turn = Turn.objects.get()
    assert frame_perform(conversation=conversation, frame=f'{{"action": "show", "turn": "{turn.pk}"}}', address=address)


def test_the_site_writes_so_many_replies_at_a_time(settings, conversation, friend, egen):
    settings.MAX_RUNNING_REPLIES = 1
    running = turn_send(conversation=conversation, text="안녕").replies.get()
    theirs = conversation_start(visitor=friend, persona=egen)
    with pytest.raises(errors.SiteFull):
        turn_send(conversation=theirs, text="나도")
    finish(running)
    assert turn_send(conversation=theirs, text="나도")


def test_without_redis_people_keep_chatting(settings, conversation):
    settings.MESSAGES_A_MINUTE = settings.REPLIES_A_DAY = 1
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert turn_send(conversation=conversation, text="안녕")


@pytest.mark.asyncio
async def test_the_page_says_when_in_the_visitors_words_and_stays_open(settings, conversation, owner):
    settings.MESSAGES_A_MINUTE = 1
    async with Page(conversation.pk, owner) as page:
        await page.send(action="send", text="하나")
        await page.frame_with("하나")
        await page.send(action="stop")
        await page.frame_with("여기서 멈췄어요")
        await page.send(action="send", text="둘")
        html = await page.frame_with("말이 조금 빨라요")
        assert "초 뒤에" in html and "#notice" in html
    assert await database_sync_to_async(conversation.turns.count)() == 1
