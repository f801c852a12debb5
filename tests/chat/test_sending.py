"""What may be sent, what is refused, and in which words."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from channels.db import database_sync_to_async
from django.db import connection, transaction

from personas.chat import errors
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.services import conversation_start, reply_retry, turn_send
from tests.chat.stage import Page
from tests.replies import finish

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_queues_a_reply_pinned_to_the_champion(conversation, egen, tasks_sent):
    reply = turn_send(conversation=conversation, text="  안녕  ").replies.get()
    assert reply.turn.text == "안녕"
    assert reply.status == Reply.Status.QUEUED
    assert reply.adapters == ([[egen.champion_id, 1.0]] if egen.champion_id else [])
    assert tasks_sent() == [repr([str(reply.pk), 1])]


def test_two_replies_are_drawn_with_different_seeds(conversation):
    seeds = set()
    for _ in range(4):
        reply = turn_send(conversation=conversation, text="안녕").replies.get()
        seeds.add(reply.sampling["seed"])
        finish(reply)
    assert len(seeds) == 4


def test_a_task_leaves_only_when_the_reply_is_in_the_database(conversation, tasks_sent):
    with transaction.atomic():
        turn_send(conversation=conversation, text="안녕")
        assert tasks_sent() == []
    assert len(tasks_sent()) == 1


@pytest.mark.parametrize("text", ["", "   \n\t", "\x00"])
def test_an_empty_message_is_refused(conversation, text):
    with pytest.raises(errors.MessageEmpty):
        turn_send(conversation=conversation, text=text)
    assert not conversation.turns.exists()


def test_a_message_of_10000_characters_is_refused(conversation):
    with pytest.raises(errors.MessageTooLong):
        turn_send(conversation=conversation, text="가" * 10_000)
    assert turn_send(conversation=conversation, text="가" * 1_000)


def test_an_emoji_only_message_is_a_message(conversation):
    assert turn_send(conversation=conversation, text="🥺👨‍👩‍👧‍👦").text == "🥺👨‍👩‍👧‍👦"


def test_a_message_while_a_reply_runs_is_refused(conversation):
    reply = turn_send(conversation=conversation, text="안녕").replies.get()
    with pytest.raises(errors.ReplyRunning):
        turn_send(conversation=conversation, text="듣고 있어?")
    finish(reply)
    assert turn_send(conversation=conversation, text="듣고 있어?").goes_on_from == reply


def test_of_two_pages_that_send_at_once_one_is_refused(conversation):
    def send(text):
        try:
            return turn_send(conversation=Conversation.objects.get(pk=conversation.pk), text=text)
        except errors.ReplyRunning:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pages:
        assert sorted(map(bool, pages.map(send, ["하나", "둘"]))) == [False, True]
    assert Reply.objects.count() == 1


def test_a_message_sent_twice_is_taken_once(conversation, tasks_sent):
    turn_id = uuid.uuid4()
    first = turn_send(conversation=conversation, text="안녕", turn_id=turn_id)
    assert turn_send(conversation=conversation, text="안녕", turn_id=turn_id) == first
    assert Turn.objects.count() == Reply.objects.count() == len(tasks_sent()) == 1


def test_a_message_cannot_take_the_name_of_a_strangers(conversation, stranger, egen):
    theirs = turn_send(conversation=conversation_start(visitor=stranger, persona=egen), text="비밀")
    with pytest.raises(errors.FrameInvalid):
        turn_send(conversation=conversation, text="안녕", turn_id=theirs.pk)


def test_one_visitor_has_at_most_three_replies_running(owner, egen):
    for _ in range(3):
        turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="안녕")
    with pytest.raises(errors.TooManyRunning):
        turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="안녕")


@pytest.mark.parametrize("status", ["done", "stopped", "failed"])
def test_the_newest_reply_can_be_written_again_and_the_talk_goes_on_from_the_fresh_one(reply, conversation, status):
    finish(reply, status=status)
    again = reply_retry(reply=reply)
    assert (again.turn_id, again.number) == (reply.turn_id, 2)
    finish(again)
    assert turn_send(conversation=conversation, text="고마워").goes_on_from == again


def test_a_reply_that_is_being_written_is_not_written_again(reply):
    with pytest.raises(errors.ReplyRunning):
        reply_retry(reply=reply)


def test_a_reply_that_is_no_longer_the_newest_is_not_written_again(reply, conversation):
    finish(reply)
    finish(turn_send(conversation=conversation, text="고마워").replies.get())
    with pytest.raises(errors.ReplyNotShown):
        reply_retry(reply=reply)


def test_a_reply_in_whose_place_another_stands_is_not_written_again(reply):
    finish(reply)
    finish(reply_retry(reply=reply))
    with pytest.raises(errors.ReplyNotShown):
        reply_retry(reply=reply)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "words"), [("", "아직 쓴 말이 없어요"), ("가" * 10_000, "1,000자까지"), ("  ", "아직 쓴 말이 없어요")]
)
async def test_the_page_says_why_and_stays_open(conversation, owner, text, words):
    async with Page(conversation.pk, owner) as page:
        await page.send(action="send", text=text)
        assert "#notice" in await page.frame_with(words)
        await page.send(action="send", text="👍")
        await page.frame_with("👍")


@pytest.mark.asyncio
async def test_the_page_says_that_a_reply_is_running(reply, conversation, owner):
    async with Page(conversation.pk, owner) as page:
        await page.send(action="send", text="듣고 있어?")
        await page.frame_with("아직 답을 쓰고 있어요")
    assert await database_sync_to_async(conversation.turns.count)() == 1
