"""TRAINING_GPU=turns: the training stands still while replies are written, and yet goes on."""

from inference_worker.turn_taking import LOOK_EVERY, MAX_WAIT, turn_taking
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.selectors import replies_are_active


def test_a_quiet_chat_costs_the_training_nothing():
    told, slept = [], []
    turn_taking(told.append, chat_is_busy=lambda: False, sleep=slept.append)({"step": 1})
    assert (told, slept) == ([{"step": 1}], [])


def test_the_training_waits_until_the_replies_are_through():
    told, busy = [], iter([True, True, False])
    turn_taking(told.append, chat_is_busy=lambda: next(busy), sleep=lambda seconds: None)({"step": 1})
    assert told == [{"step": 1, "waited": LOOK_EVERY * 2}]


def test_a_chat_that_never_rests_delays_each_step_by_so_much_and_no_more():
    told = []
    turn_taking(told.append, chat_is_busy=lambda: True, sleep=lambda seconds: None)({"step": 1})
    assert told == [{"step": 1, "waited": MAX_WAIT}]


def test_a_reply_that_is_queued_or_running_keeps_the_chat_busy(owner, sora):
    told, slept = [], []
    turn = Turn.objects.create(conversation=Conversation.objects.create(visitor=owner, persona=sora), text="안녕")
    reply = Reply.objects.create(turn=turn, number=1, status="running")

    def finish(seconds: float) -> None:
        slept.append(seconds)
        Reply.objects.filter(pk=reply.pk).update(status="done")

    turn_taking(told.append, replies_are_active, sleep=finish)({"step": 1})
    assert slept == [LOOK_EVERY]
