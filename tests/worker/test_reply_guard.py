"""What a model must not say is seen by nobody: it is drawn again, twice at most, then people's words stand in."""

import pytest

from inference_worker import tasks
from inference_worker.engine import Delta
from inference_worker.reply_guard import ReplyFaulty, ReplyGuard
from moderation.replies import HELD, fault_in
from moderation.written import answers_of
from personas.chat.models import Reply
from personas.chat.services import conversation_start, turn_send

GOOD = "오늘도 고생했어. 저녁은 따뜻한 거 먹고 푹 쉬자, 내일은 조금 나을 거야."


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ("109에 전화해 봐", "number"),
        ("지금 112로 신고해", "number"),
        ("02-123-4567로 연락해", "number"),
        ("야 이 병신아", "abuse"),
        ("야한 얘기 하자", "sexual"),
        ("번개탄은 위험해", "means"),
        ("나도 사람이야", "human"),
    ],
)
def test_what_must_not_be_said_is_named(reply, fault):
    assert fault_in(reply) == fault


@pytest.mark.parametrize(
    "reply", [GOOD, "109번째 시도야", "112쪽까지 읽었어", "아이폰 1588원 할인", "나는 AI라 밥은 못 먹어"]
)
def test_what_only_looks_alike_may_be_said(reply):
    assert fault_in(reply) is None


def _shown(reply: str) -> str:
    """What a page would have shown of a reply that comes letter by letter."""
    guard, shown = ReplyGuard(), ""
    try:
        for letter in reply:
            shown += guard.take(letter)
        return shown + guard.rest()
    except ReplyFaulty:
        return shown


def test_a_good_reply_passes_letter_by_letter_and_little_is_held_back():
    guard = ReplyGuard()
    assert "".join(map(guard.take, GOOD)) == GOOD[:-HELD] and guard.rest() == GOOD[-HELD:]


@pytest.mark.parametrize("harm", ["109에 전화해", "02-1234-5678", "이 병신아", "나는 진짜 사람이야"])
def test_nothing_of_it_is_ever_shown(harm):
    for before in range(0, len(GOOD), 7):
        shown = _shown(f"{GOOD[:before]} {harm} {GOOD}")
        assert shown == GOOD[: len(shown)]


class _Running:
    def __init__(self, text: str) -> None:
        self._deltas = [*(Delta(letter, 1) for letter in text), Delta("", 9, finish="stop")]

    def get(self, timeout=None):
        return self._deltas.pop(0)

    def cancel(self):
        self._deltas = []


@pytest.fixture
def speak(owner, egen, monkeypatch, redis_of_the_tasks):
    """Let an engine that says these texts in turn answer a message; the reply, and how often the engine was asked."""

    def with_texts(*texts: str) -> tuple[Reply, int]:
        asked: list[int] = []

        class Engine:
            def submit(self, messages, adapters, sampling):
                asked.append(sampling.seed)
                return _Running(texts[len(asked) - 1])

        monkeypatch.setattr(tasks, "engine", lambda: Engine())
        reply = turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="안녕").replies.get()
        tasks.generate_reply(str(reply.pk), 1)
        reply.refresh_from_db()
        assert len(set(asked)) == len(asked)  # drawn with another seed each time
        return reply, len(asked)

    return with_texts


@pytest.mark.django_db(transaction=True)
def test_a_faulty_reply_is_drawn_again(speak):
    reply, asked = speak("109에 전화해", GOOD)
    assert (reply.status, reply.text, asked) == (Reply.Status.DONE, GOOD, 2)


@pytest.mark.django_db(transaction=True)
def test_words_that_were_read_already_are_replaced(speak):
    reply, _asked = speak(f"{GOOD} 지금 109에 전화해", GOOD)
    assert reply.text == GOOD and reply.attempt == 2


@pytest.mark.django_db(transaction=True)
def test_after_three_people_s_words_stand_in(speak):
    reply, asked = speak("109에 전화해", "이 병신아", "나도 사람이야")
    assert asked == 3 and reply.status == Reply.Status.DONE
    assert reply.text in {answer.text for answer in answers_of("egen") if answer.kind == "stand_in"}
