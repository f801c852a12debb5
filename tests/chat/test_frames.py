"""Frames that no page of ours sends."""

import json

import pytest
from channels.db import database_sync_to_async

from personas.chat.models import Turn
from personas.chat.services import conversation_start, turn_send
from tests.chat.stage import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

MALFORMED = [
    "",
    "not json",
    "{",
    "null",
    "[]",
    '"send"',
    "[" * 10_000,
    "{}",
    '{"action": "dance"}',
    '{"action": ["send"]}',
    '{"action": "send"}',
    '{"action": "send", "text": 5}',
    '{"action": "send", "text": "\\ud800"}',
    '{"action": "send", "text": "안녕", "turn": "no uuid"}',
    '{"action": "send", "text": "안녕", "turn": null}',
    '{"action": "another"}',
    '{"action": "another", "reply": 7}',
    '{"action": "show"}',
    '{"action": "show", "turn": null}',
    '{"action": "send", "text": "안녕", "edits": ""}',
    '{"action": "retry", "reply": "2f1c8f0e-0000-4000-8000-000000000000"}',
]


@pytest.mark.parametrize("frame", MALFORMED)
async def test_a_malformed_frame_gets_words_and_the_socket_stays_open(conversation, owner, frame):
    async with Page(conversation.pk, owner) as page:
        await page.send_raw(frame)
        await page.frame_with("보낸 내용을 읽지 못했어요")
        await page.send(action="send", text="안녕")
        await page.frame_with("안녕")
    assert await Turn.objects.acount() == 1


async def test_a_binary_frame_gets_words(conversation, owner):
    async with Page(conversation.pk, owner) as page:
        await page.send_raw(binary=b"\x00\xff")
        await page.frame_with("보낸 내용을 읽지 못했어요")


async def test_an_oversized_frame_gets_words(conversation, owner):
    async with Page(conversation.pk, owner) as page:
        await page.send_raw(json.dumps({"action": "send", "text": "가" * 100_000}))
        await page.frame_with("너무 커요")


async def test_stop_without_a_reply_gets_words(conversation, owner):
    async with Page(conversation.pk, owner) as page:
        await page.send(action="stop")
        await page.frame_with("멈출 답이 없어요")


async def test_a_frame_cannot_name_a_strangers_reply(conversation, owner, stranger, egen):
    theirs = await database_sync_to_async(_strangers_reply_id)(stranger, egen)
    async with Page(conversation.pk, owner) as page:
        for action in ("another", "retry"):
            await page.send(action=action, reply=theirs)
            await page.frame_with("보낸 내용을 읽지 못했어요")


def _strangers_reply_id(stranger, egen) -> str:
    turn = turn_send(conversation=conversation_start(visitor=stranger, persona=egen), text="비밀")
    return str(turn.replies.get().pk)
