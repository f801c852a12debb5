"""A second reply stands beside the first, on a side drawn by lot."""

import pytest

from personas.chat import errors
from personas.chat.log import log_of
from personas.chat.models import Reply
from personas.voting.models import Comparison
from personas.voting.services import comparison_open, reply_replace
from tests.replies import finish

pytestmark = pytest.mark.django_db


def test_the_second_reply_answers_the_same_message(first, conversation):
    comparison = comparison_open(reply=first)
    assert {comparison.reply_a, comparison.reply_b} == set(first.turn.replies.all())
    assert conversation.turns.count() == 1


def test_sides_are_drawn_by_lot(first):
    sides = set()
    for _ in range(40):
        sides.add(comparison_open(reply=first).reply_a == first)
        Reply.objects.exclude(pk=first.pk).delete()
    assert sides == {True, False}


def test_an_unfinished_reply_has_nothing_beside_it(first):
    stopped = Reply.objects.create(turn=first.turn, number=2, status=Reply.Status.STOPPED)
    with pytest.raises(errors.ReplyUnfinished):
        comparison_open(reply=stopped)


def test_there_is_no_third_reply(comparison, first):
    with pytest.raises(errors.AlreadyCompared):
        comparison_open(reply=first)
    assert Comparison.objects.count() == 1


def test_a_failed_side_is_written_again_on_the_same_side(first, conversation):
    comparison = comparison_open(reply=first)
    second = finish(first.turn.replies.exclude(pk=first.pk).get(), "", status="failed")
    side = "reply_a" if comparison.reply_a == second else "reply_b"
    fresh = reply_replace(reply=second)
    comparison.refresh_from_db()
    assert getattr(comparison, side) == fresh
    [turn] = log_of(conversation).turns
    assert {shown.reply for shown in turn.replies} == {first, fresh}
