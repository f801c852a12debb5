"""One switch for all replies: it counts from the next message on, and who turned it is kept."""

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from inference_worker.contracts import stop_key
from personas.chat import errors
from personas.chat.models import Conversation, Reply
from personas.chat.reply_lifecycle import reply_start
from personas.chat.services import conversation_start, reply_another, reply_retry, turn_send
from personas.switch.models import SwitchMove
from personas.switch.selectors import generation_is_on
from personas.switch.services import SwitchRefused, generation_switch_off, generation_switch_on
from tests.chat.stage import Page, Worker
from tests.replies import finish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

DESK = "admin:switch_switchmove_changelist"
CONFIRMED = {"_form_submitted": "on"}


@pytest.fixture
def conversation(owner, egen) -> Conversation:
    return conversation_start(visitor=owner, persona=egen)


@pytest.fixture
def running(conversation) -> Reply:
    """A reply that a worker is writing."""
    reply = turn_send(conversation=conversation, text="안녕").replies.get()
    reply_start(reply_id=str(reply.pk), attempt=1)
    return reply


@pytest.fixture
def operator(client, admin_user):
    """The administrator's browser."""
    client.force_login(admin_user)
    return client


def test_an_untouched_switch_is_on():
    assert generation_is_on()


def test_off_counts_from_the_next_message_on_and_on_again_too(conversation, admin_user):
    generation_switch_off(by=admin_user)
    with pytest.raises(errors.GenerationOff) as refusal:
        turn_send(conversation=conversation, text="안녕")
    assert "잠깐 쉬는 중" in str(refusal.value.message)
    generation_switch_on(by=admin_user)
    assert turn_send(conversation=conversation, text="안녕")


def test_off_refuses_every_other_way_to_a_reply(running):
    finish(running, "응~")
    generation_switch_off(by=None)
    for ask in (reply_another, reply_retry):
        with pytest.raises(errors.GenerationOff):
            ask(reply=running)
    assert Reply.objects.count() == 1


def test_running_replies_are_finished(running, redis_client):
    generation_switch_off(by=None)
    assert not redis_client.exists(stop_key(str(running.pk)))
    finish(running, "응~")
    assert running.status == Reply.Status.DONE


def test_running_replies_are_stopped_at_once_where_that_is_wanted(running, redis_client, friend, egen):
    waiting = turn_send(conversation=conversation_start(visitor=friend, persona=egen), text="나도").replies.get()
    generation_switch_off(by=None, at_once=True)
    assert redis_client.exists(stop_key(str(running.pk)))
    waiting.refresh_from_db()
    assert waiting.status == Reply.Status.STOPPED


def test_without_redis_it_is_off_and_says_what_still_runs(running, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(SwitchRefused, match="Redis"):
        generation_switch_off(by=None, at_once=True)
    assert not generation_is_on()


def test_it_is_not_turned_to_where_it_stands():
    with pytest.raises(SwitchRefused):
        generation_switch_on(by=None)
    generation_switch_off(by=None)
    with pytest.raises(SwitchRefused):
        generation_switch_off(by=None)
    assert SwitchMove.objects.count() == 1


def test_who_turned_it_when_and_why_is_kept_and_shown(operator, admin_user):
    operator.post(
        reverse("admin:switch_switchmove_turn_off"), {**CONFIRMED, "running": "stop", "note": "이상한 답이 나와서"}
    )
    move = SwitchMove.objects.get()
    assert (move.state, move.by, move.note) == (SwitchMove.State.OFF_AT_ONCE, admin_user, "이상한 답이 나와서")
    page = operator.get(reverse(DESK)).content.decode()
    assert "이상한 답이 나와서" in page and admin_user.username in page and "아무 답도 새로 쓰지 않습니다" in page
    operator.post(reverse("admin:switch_switchmove_turn_on"), {**CONFIRMED, "note": ""})
    assert [move.state for move in SwitchMove.objects.all()] == ["on", "off_at_once"]
    assert "지금은 답을 쓰고 있습니다" in operator.get(reverse(DESK)).content.decode()


def test_one_button_is_shown_at_a_time(operator):
    off, on = reverse("admin:switch_switchmove_turn_off"), reverse("admin:switch_switchmove_turn_on")
    page = operator.get(reverse(DESK)).content.decode()
    assert off in page and on not in page
    generation_switch_off(by=None)
    page = operator.get(reverse(DESK)).content.decode()
    assert on in page and off not in page


def test_looking_at_the_dialog_turns_nothing(operator):
    assert operator.get(reverse("admin:switch_switchmove_turn_off")).status_code == 200
    assert generation_is_on()


def test_curators_and_those_who_may_only_look_cannot_turn_it(client, curator):
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_switchmove"))
    for user in (curator, looker):
        client.force_login(user)
        answer = client.post(reverse("admin:switch_switchmove_turn_off"), {**CONFIRMED, "running": "stop"})
        assert answer.status_code in (302, 403)
        assert generation_is_on()
    assert client.get(reverse(DESK)).status_code == 200


def test_no_move_is_made_up_or_changed_by_hand(operator):
    move = generation_switch_off(by=None)
    assert operator.get(reverse("admin:switch_switchmove_add")).status_code == 403
    assert operator.post(reverse("admin:switch_switchmove_delete", args=[move.pk])).status_code == 403
    operator.post(reverse("admin:switch_switchmove_change", args=[move.pk]), {"state": "on"})
    assert not generation_is_on()


def test_the_page_says_so_and_shows_what_was_said(running, owner, visit):
    finish(running, "응~")
    assert "잠깐 쉬는 중" not in visit(owner).get("/chat/egen/").content.decode()
    generation_switch_off(by=None)
    page = visit(owner).get("/chat/egen/").content.decode()
    assert "잠깐 쉬는 중" in page and "응~" in page


@pytest.mark.asyncio
async def test_an_open_page_hears_it_with_the_next_message_and_the_running_words_still_come(
    running, conversation, owner
):
    worker = Worker(running)
    async with Page(conversation.pk, owner) as page:
        worker.write("듣고 ")
        await page.shows(running, "듣고 ")
        await database_sync_to_async(generation_switch_off)(by=None)
        worker.write("있어~")
        await page.shows(running, "듣고 있어~")
        await worker.finish()
        await page.frame_with("다른 답 보기")
        await page.send(action="send", text="고마워")
        assert "#notice" in await page.frame_with("잠깐 쉬는 중")
