"""One message, and both answer it side by side: each alone, streamed, and stopped or written again on its own side."""

import re

import pytest
from channels.db import database_sync_to_async

from personas.chat import errors
from personas.chat.log import log_of
from personas.chat.models import Conversation, Reply
from personas.chat.reply_lifecycle import reply_start
from personas.chat.selectors import messages_for_model
from personas.chat.services import MAX_ACTIVE_REPLIES, arena_start, conversation_start, reply_another, turn_send
from personas.registry.models import Persona
from personas.voting.services import comparison_open, reply_replace
from tests.arena.conftest import MESSAGE
from tests.chat.stage import Page, Worker

pytestmark = pytest.mark.django_db


def shown(conversation: Conversation) -> list[list[tuple[str, str]]]:
    """Who says what, turn by turn."""
    return [[(one.look, one.reply.text) for one in turn.replies] for turn in log_of(conversation).turns]


def test_both_answer_with_their_own_champion(round_, egen, teto):
    replies = round_.replies.order_by("number")
    assert [(reply.persona, reply.adapters) for reply in replies] == [
        (egen, [[egen.champion_id, 1.0]]),
        (teto, [[teto.champion_id, 1.0]]),
    ]


def test_each_message_stands_alone_before_the_model(answered, arena):
    second = turn_send(conversation=arena, text="이제 뭐 하지")
    for reply in second.replies.all():
        assert messages_for_model(second) == [{"role": "user", "content": "이제 뭐 하지"}]
        assert reply_start(reply_id=str(reply.pk), attempt=1).persona == reply.persona.slug


def test_rounds_stand_one_below_the_other_egen_first(answered, arena, end):
    second = turn_send(conversation=arena, text="이제 뭐 하지")
    end(second, "teto", "산책 30분.")
    assert shown(arena) == [
        [("egen", "헉, 심장 철렁했겠다ㅠㅠ"), ("teto", "롤백부터 해.")],
        [("egen", ""), ("teto", "산책 30분.")],
    ]


def test_the_next_round_waits_for_both(round_, arena, end):
    end(round_, "egen", "괜찮아?")
    with pytest.raises(errors.ReplyRunning):
        turn_send(conversation=arena, text="이제 뭐 하지")


def test_two_replies_need_room_for_two(owner, arena, egen):
    for _ in range(MAX_ACTIVE_REPLIES - 1):
        turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="안녕")
    with pytest.raises(errors.TooManyRunning):
        turn_send(conversation=arena, text=MESSAGE)
    assert not arena.turns.exists()


def test_a_side_that_failed_is_written_again_and_the_other_stays(round_, arena, end):
    end(round_, "teto", "롤백부터 해.")
    failed = end(round_, "egen", "", status="failed")
    fresh = reply_replace(reply=failed)
    assert fresh.persona.slug == "egen"
    end(round_, "egen", "괜찮아?")
    assert shown(arena) == [[("egen", "괜찮아?"), ("teto", "롤백부터 해.")]]


def test_the_other_side_too(round_, arena, end):
    end(round_, "egen", "괜찮아?")
    fresh = reply_replace(reply=end(round_, "teto", "", status="failed"))
    assert fresh.persona.slug == "teto"
    end(round_, "teto", "해.")
    assert shown(arena) == [[("egen", "괜찮아?"), ("teto", "해.")]]


def test_there_is_no_third_answer_and_no_vote(answered, owner, arena, visit):
    reply = answered.replies.first()
    with pytest.raises(errors.AlreadyCompared):
        reply_another(reply=reply)
    with pytest.raises(errors.AlreadyCompared):
        comparison_open(reply=reply)
    page = visit(owner).get("/arena/").content.decode()
    assert 'name="choice"' not in page and "다른 답 보기" not in page


def test_an_edited_message_is_answered_by_both_and_the_first_can_be_leafed_back_to(answered, arena):
    edited = turn_send(conversation=arena, text="배포 성공했어", edits=answered)
    assert edited.replies.count() == 2
    [turn] = log_of(arena).turns
    assert (turn.turn, turn.wording.total, turn.wording.before) == (edited, 2, answered.pk)


def test_the_page_says_who_is_who(answered, owner, visit):
    page = visit(owner).get("/arena/").content.decode()
    assert re.findall(r'class="reply__speaker">([^<]+)<', page) == ["에겐이", "테토"]
    assert "replies--pair" in page and "AI가 쓴 답이에요" in page


def test_the_page_begins_and_begins_again(answered, owner, visit):
    visit(owner).post("/arena/")
    assert owner.conversations.count() == 2
    assert MESSAGE not in visit(owner).get("/arena/").content.decode()
    assert "에겐 대 테토" in visit(owner).get("/chats/").content.decode()


def test_it_needs_both_to_be_open(owner, egen, visit):
    Persona.objects.filter(pk=egen.pk).update(is_active=False)
    assert visit(owner).get("/arena/").status_code == 404
    with pytest.raises(errors.PersonaClosed):
        arena_start(visitor=owner)


def test_a_shared_arena_has_both_answers_with_their_names(answered, arena, owner, visit, client):
    visit(owner).post(f"/chats/{arena.pk}/share/")
    page = client.get(arena.shared_links.get().get_absolute_url()).content.decode()
    assert "에겐이: 헉, 심장 철렁했겠다ㅠㅠ" in page and "테토: 롤백부터 해." in page


@pytest.mark.django_db(transaction=True)
async def test_both_stream_at_once_and_each_ends_on_its_own(arena, owner):
    async with Page(arena.pk, owner) as page:
        await page.send(action="send", text=MESSAGE)
        await page.frame_with(MESSAGE)
        egen, teto = await replies_of(arena)
        workers = {slug: Worker(reply) for slug, reply in (("egen", egen), ("teto", teto))}
        for worker in workers.values():
            await worker.start()
        workers["egen"].write("헉, ")
        await page.shows(egen, "헉, ")
        workers["teto"].write("롤백")
        await page.shows(teto, "롤백")
        await workers["egen"].finish()
        await page.shows(teto, "롤백")
        workers["teto"].write("부터 해.")
        await page.shows(teto, "롤백부터 해.")
        await workers["teto"].finish()
        await page.frame_with("그림으로 나누기")
        assert page.texts == {str(egen.pk): "헉, ", str(teto.pk): "롤백부터 해."}


@pytest.mark.django_db(transaction=True)
async def test_stopping_stops_both(arena, owner):
    async with Page(arena.pk, owner) as page:
        await page.send(action="send", text=MESSAGE)
        await page.frame_with(MESSAGE)
        await page.send(action="stop")
        await page.frame_with("여기서 멈췄어요")
        assert {reply.status for reply in await replies_of(arena)} == {"stopped"}


@database_sync_to_async
def replies_of(arena: Conversation) -> list[Reply]:
    return list(Reply.objects.filter(turn__conversation=arena).order_by("number"))
