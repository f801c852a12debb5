"""A thumb on one reply: given, changed, taken back, and refused where it would say nothing."""

import threading

import pytest
from django.db import connection

from personas.chat.services import reply_another, turn_send
from personas.knowledge.models import ReplyFacts
from personas.thumbs.errors import NothingToThumb, ThumbNotReady, ThumbUnknown
from personas.thumbs.models import Thumb
from personas.thumbs.services import thumb_explain, thumb_give, thumb_take_back
from personas.voting.errors import ReasonUnknown
from personas.voting.services import comparison_open
from tests.replies import finish

pytestmark = pytest.mark.django_db


def test_a_thumb_knows_whom_it_teaches_and_which_version_wrote(reply, owner, sora, version):
    thumb = thumb_give(reply=reply, visitor=owner, direction="up")
    assert (thumb.persona, thumb.version, thumb.status, thumb.is_up) == (sora, version, "pending", True)


def test_the_same_thumb_again_changes_nothing(reply, owner):
    first = thumb_give(reply=reply, visitor=owner, direction="up")
    thumb_explain(thumb=first, reasons=["useful"])
    assert thumb_give(reply=reply, visitor=owner, direction="up") == first
    assert Thumb.objects.get().reasons == ["useful"]


def test_a_change_of_mind_is_a_new_thumb_that_waits_for_its_own_judgement(reply, owner):
    first = thumb_give(reply=reply, visitor=owner, direction="up")
    Thumb.objects.update(status="approved")
    second = thumb_give(reply=reply, visitor=owner, direction="down")
    assert list(Thumb.objects.all()) == [second] and second.pk != first.pk
    assert (second.status, second.reasons) == ("pending", [])


def test_it_can_be_taken_back(reply, owner):
    thumb_give(reply=reply, visitor=owner, direction="down")
    thumb_take_back(reply=reply, visitor=owner)
    assert not Thumb.objects.exists() and not Thumb.history.exists()


def test_only_a_whole_reply_gets_one(conversation, owner):
    waiting = turn_send(conversation=conversation, text="안녕").replies.get()
    with pytest.raises(ThumbNotReady):
        thumb_give(reply=waiting, visitor=owner, direction="up")


def test_one_side_of_two_gets_none(reply, owner):
    comparison_open(reply=reply)
    with pytest.raises(NothingToThumb):
        thumb_give(reply=reply, visitor=owner, direction="up")


def test_an_answer_from_the_sites_facts_gets_none(reply, owner):
    ReplyFacts.objects.create(reply=reply, key="who", score=1.0, context="", is_verbatim=True)
    with pytest.raises(NothingToThumb):
        thumb_give(reply=reply, visitor=owner, direction="up")


def test_there_are_two_directions(reply, owner):
    with pytest.raises(ThumbUnknown):
        thumb_give(reply=reply, visitor=owner, direction="sideways")


def test_a_blends_reply_teaches_nobody(reply, owner, version):
    reply.adapters = [[version.pk, 0.6]]
    reply.save()
    thumb = thumb_give(reply=reply, visitor=owner, direction="up")
    assert (thumb.persona, thumb.version) == (None, None)


def test_what_people_wrote_teaches_nobody(conversation, owner):
    caring = finish(turn_send(conversation=conversation, text="힘들어").replies.get(), "109에 전화해 줘", tokens=0)
    assert thumb_give(reply=caring, visitor=owner, direction="up").persona is None


@pytest.mark.parametrize(("direction", "reason"), [("up", "off_topic"), ("down", "useful"), ("up", "x")])
def test_a_reason_that_does_not_go_with_it_is_refused(reply, owner, direction, reason):
    thumb = thumb_give(reply=reply, visitor=owner, direction=direction)
    with pytest.raises(ReasonUnknown):
        thumb_explain(thumb=thumb, reasons=[reason])


def test_another_reply_to_the_same_message_has_a_thumb_of_its_own(reply, owner):
    other = finish(reply_another(reply=reply), "물부터 마시자")
    thumb_give(reply=reply, visitor=owner, direction="up")
    thumb_give(reply=other, visitor=owner, direction="down")
    assert {thumb.reply: thumb.direction for thumb in Thumb.objects.all()} == {reply: "up", other: "down"}


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_leave_one_thumb(reply, owner):
    refused = []

    def tap(direction):
        try:
            thumb_give(reply=reply, visitor=owner, direction=direction)
        except Exception as error:
            refused.append(error)
        finally:
            connection.close()

    taps = [threading.Thread(target=tap, args=[direction]) for direction in ("up", "down") * 3]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert refused == [] and Thumb.objects.count() == 1
