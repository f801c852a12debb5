"""다시 쓰기 and editing leave what was there, and one can leaf back to it."""

import pytest
from channels.db import database_sync_to_async

from personas.chat import errors
from personas.chat.leafing import reply_show, turn_show
from personas.chat.log import log_of
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.selectors import messages_for_model
from personas.chat.services import conversation_start, reply_retry, turn_send
from personas.voting.services import comparison_open, reply_replace, vote_cast
from tests.chat.stage import Page
from tests.replies import finish

pytestmark = pytest.mark.django_db(transaction=True)


def say(conversation: Conversation, text: str, answer: str, edits: Turn | None = None) -> Turn:
    turn = turn_send(conversation=conversation, text=text, edits=edits)
    finish(turn.replies.get(), answer)
    return turn


def shown(conversation: Conversation) -> list[str]:
    """What the page shows: messages and answers, with the places that one can leaf from, as "2/3"."""
    lines = []
    for turn in log_of(Conversation.objects.get(pk=conversation.pk)).turns:
        lines += [
            turn.turn.text + of(turn.wording),
            " | ".join(one.reply.text for one in turn.replies) + of(turn.answer),
        ]
    return lines


def of(place) -> str:
    return f" {place.number}/{place.total}" if place.total > 1 else ""


def newest_turn(conversation: Conversation):
    return log_of(Conversation.objects.get(pk=conversation.pk)).turns[-1]


@pytest.fixture
def talk(conversation: Conversation) -> Conversation:
    """Two messages, each answered."""
    say(conversation, "안녕", "안녕~")
    say(conversation, "뭐 해?", "네 생각")
    return conversation


def test_a_reply_written_again_stands_beside_the_first(talk):
    finish(reply_retry(reply=newest_turn(talk).replies[0].reply), "낮잠")
    assert shown(talk) == ["안녕", "안녕~", "뭐 해?", "낮잠 2/2"]
    reply_show(reply=Reply.objects.get(text="네 생각"))
    assert shown(talk) == ["안녕", "안녕~", "뭐 해?", "네 생각 1/2"]


def test_the_next_message_goes_on_from_the_answer_that_is_shown(talk):
    finish(reply_retry(reply=newest_turn(talk).replies[0].reply), "낮잠")
    reply_show(reply=Reply.objects.get(text="네 생각"))
    turn = turn_send(conversation=talk, text="진짜?")
    assert [message["content"] for message in messages_for_model(turn)] == [
        "안녕",
        "안녕~",
        "뭐 해?",
        "네 생각",
        "진짜?",
    ]


def test_an_edited_message_begins_anew_from_there_and_the_model_never_reads_the_old_one(talk):
    turn = turn_send(conversation=talk, text="안녕하세요", edits=Turn.objects.get(text="안녕"))
    assert [message["content"] for message in messages_for_model(turn)] == ["안녕하세요"]
    finish(turn.replies.get(), "반가워요")
    assert shown(talk) == ["안녕하세요 2/2", "반가워요"]


def test_leafing_back_to_the_old_wording_brings_back_what_was_said_after_it(talk):
    first = Turn.objects.get(text="안녕")
    say(talk, "안녕하세요", "반가워요", edits=first)
    turn_show(turn=first)
    assert shown(talk) == ["안녕 1/2", "안녕~", "뭐 해?", "네 생각"]


def test_leafing_back_to_an_old_answer_brings_back_what_was_said_after_it(talk):
    old = newest_turn(talk).replies[0].reply
    fresh = finish(reply_retry(reply=old), "낮잠")
    say(talk, "잘 자", "쿨쿨")
    reply_show(reply=old)
    assert shown(talk)[-1] == "네 생각 1/2"
    reply_show(reply=fresh)
    assert shown(talk)[-3:] == ["낮잠 2/2", "잘 자", "쿨쿨"]


def test_the_place_knows_its_neighbours_and_its_ends(talk):
    old = newest_turn(talk).replies[0].reply
    fresh = finish(reply_retry(reply=old), "낮잠")
    place = newest_turn(talk).answer
    assert (place.before, place.after) == (old.pk, None)
    reply_show(reply=old)
    place = newest_turn(talk).answer
    assert (place.before, place.after) == (None, fresh.pk)


def test_a_reply_that_failed_without_a_word_can_be_seen_only_until_it_is_written_again(talk):
    failed = finish(reply_retry(reply=newest_turn(talk).replies[0].reply), "", status="failed")
    assert shown(talk)[-1] == " 2/2"
    finish(reply_retry(reply=failed), "낮잠")
    assert shown(talk)[-1] == "낮잠 2/2"


def test_two_answers_of_a_comparison_are_one_page(talk, owner):
    first = newest_turn(talk).replies[0].reply
    comparison = comparison_open(reply=first)
    second = finish(first.turn.replies.exclude(pk=first.pk).get(), "낮잠")
    comparison.refresh_from_db()
    vote_cast(comparison=comparison, visitor=owner, choice="a" if comparison.reply_a == second else "b")
    finish(reply_replace(reply=second), "산책")
    assert shown(talk)[-1] == "산책 2/2"
    reply_show(reply=first)
    assert set(shown(talk)[-1].removesuffix(" 1/2").split(" | ")) == {"네 생각", "낮잠"}
    assert newest_turn(talk).vote is not None


def test_leafing_back_to_a_comparison_goes_on_from_the_preferred_answer(talk, owner):
    first = newest_turn(talk).replies[0].reply
    comparison = comparison_open(reply=first)
    second = finish(first.turn.replies.exclude(pk=first.pk).get(), "낮잠")
    comparison.refresh_from_db()
    vote_cast(comparison=comparison, visitor=owner, choice="a" if comparison.reply_a == second else "b")
    finish(reply_replace(reply=second), "산책")
    assert newest_turn(talk).answer.before == second.pk


def test_nothing_is_leafed_while_a_reply_is_being_written(talk):
    first = Turn.objects.get(text="안녕")
    turn_send(conversation=talk, text="안녕하세요", edits=first)
    with pytest.raises(errors.ReplyRunning):
        turn_show(turn=first)
    with pytest.raises(errors.ReplyRunning):
        reply_show(reply=first.replies.get())
    assert shown(talk)[0] == "안녕하세요 2/2"


def test_a_conversation_from_before_leafing_shows_its_newest_path(talk):
    Conversation.objects.update(shown_turn=None)
    assert shown(talk) == ["안녕", "안녕~", "뭐 해?", "네 생각"]
    assert turn_send(conversation=talk, text="그래").goes_on_from.text == "네 생각"


@pytest.mark.asyncio
async def test_a_page_that_leafs_is_sent_only_what_changes(talk, owner):
    first = await Turn.objects.aget(text="안녕")
    await database_sync_to_async(say)(talk, "안녕하세요", "반가워요", first)
    other = await Turn.objects.aget(text="안녕하세요")
    async with Page(talk.pk, owner) as page:
        await page.frame()
        await page.send(action="show", turn=str(first.pk))
        html = await page.frame_with("뭐 해?")
        assert f'hx-swap-oob="delete:#turn-{other.pk}"' in html
        assert html.index("안녕~") < html.index("뭐 해?")
        await page.send(action="send", text="또 왔어")
        html = await page.frame_with("또 왔어")
        assert "안녕~" not in html and "delete:" not in html


@pytest.mark.asyncio
async def test_an_edit_over_the_socket_reaches_the_other_page_too(talk, owner):
    first = await Turn.objects.aget(text="안녕")
    async with Page(talk.pk, owner) as one, Page(talk.pk, owner) as two:
        await one.frame()
        await two.frame()
        await one.send(action="send", text="안녕하세요", edits=str(first.pk))
        for page in (one, two):
            html = await page.frame_with("안녕하세요")
            assert html.count('hx-swap-oob="delete:') == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["turn", "reply", "edits"])
async def test_a_frame_cannot_leaf_to_or_edit_what_is_a_strangers(talk, owner, stranger, egen, kind):
    theirs = await database_sync_to_async(_strangers_turn)(stranger, egen)
    wanted = str((await theirs.replies.aget()).pk if kind == "reply" else theirs.pk)
    frame = {"action": "send", "text": "나야"} if kind == "edits" else {"action": "show"}
    async with Page(talk.pk, owner) as page:
        await page.send(**frame, **{kind: wanted})
        await page.frame_with("보낸 내용을 읽지 못했어요")
    assert await talk.turns.acount() == 2


def _strangers_turn(stranger, egen) -> Turn:
    return say(conversation_start(visitor=stranger, persona=egen), "비밀", "쉿")
