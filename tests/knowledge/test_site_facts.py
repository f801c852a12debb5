"""Answers about the site come from its facts, filled in for the visitor who asks, and are kept with the reply."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from personas.chat.log import log_of
from personas.chat.reply_lifecycle import reply_finish, reply_start
from personas.chat.services import conversation_start, turn_send
from personas.knowledge.facts import facts
from personas.knowledge.models import ReplyFacts
from personas.knowledge.services import MAX_CONTEXT_CHARACTERS, reply_facts_note, site_facts
from personas.voting.errors import NothingToCompare
from personas.voting.services import comparison_open
from personas.voting.unasked import turn_send_by_lot
from quiz.models import Attempt, Quiz, Result

pytestmark = pytest.mark.django_db


@pytest.fixture
def result(owner) -> Result:
    """The owner is strongly egen."""
    call_command("load_quizzes", verbosity=0)
    quiz = Quiz.objects.get(slug="developer")
    attempt = Attempt.objects.create(quiz=quiz, visitor_id=owner.pk, order=[])
    return Result.objects.create(
        attempt=attempt, type=quiz.types.get(kind="strong-egen"), egen_points=28, teto_points=8, egen_percent=78
    )


def asked(message, persona, visitor):
    return site_facts(message=message, persona=persona, visitor_id=visitor.pk)


def test_the_result_is_the_visitors_own(result, owner, egen, teto):
    for persona in (egen, teto):
        given = asked("내 결과 뭐였지?", persona, owner)
        assert "순두부 코어" in given.answer and "78%" in given.answer and "22%" in given.answer
    assert asked("내 결과 뭐였지?", egen, owner).answer != asked("내 결과 뭐였지?", teto, owner).answer


def test_the_best_match_belongs_to_the_type(result, owner, teto):
    given = asked("내 유형 궁합 알려 줘", teto, owner)
    assert result.type.best_match_reason in given.answer


def test_a_stranger_learns_nothing_of_it(result, stranger, egen):
    given = asked("내 결과 뭐였지?", egen, stranger)
    assert "순두부" not in given.answer + given.context
    assert "아직" in given.answer


def test_an_ordinary_message_gets_no_facts(result, owner, egen):
    assert asked("오늘 배포하다 장애 냈어", egen, owner) is None


def test_a_persona_without_written_voice_says_the_plain_fact(owner, sora):
    given = asked("너 누구야?", sora, owner)
    assert given.answer.startswith("소라") and "AI" in given.answer


def test_every_fact_can_be_said_within_the_budget(result, owner, stranger, egen):
    for fact in facts().values():
        for visitor in (owner, stranger):
            wording = fact.wording if visitor == owner else fact.without_result or fact.wording
            assert len(wording.text) < MAX_CONTEXT_CHARACTERS


@pytest.fixture
def answered(owner, egen):
    """A reply that the site's facts answered."""
    conversation = conversation_start(visitor=owner, persona=egen)
    reply = turn_send(conversation=conversation, text="이 테스트 뭐야?").replies.get()
    job = reply_start(reply_id=str(reply.pk), attempt=1)
    reply_facts_note(reply_id=str(reply.pk), given=job.facts, is_verbatim=True)
    reply_finish(reply_id=str(reply.pk), attempt=1, text=job.facts.answer, status="done", tokens=0)
    reply.refresh_from_db()
    return reply


def test_what_it_was_given_is_kept_with_the_reply(answered):
    kept = answered.facts
    assert kept.key == "test" and kept.is_verbatim and kept.score >= 0.85
    assert "질문 12개" in kept.context


def test_a_later_attempt_replaces_what_was_kept(answered, egen, owner):
    reply_facts_note(reply_id=str(answered.pk), given=asked("너 누구야?", egen, owner), is_verbatim=False)
    assert ReplyFacts.objects.get().key == "who"


def test_the_page_says_where_the_answer_comes_from_and_offers_no_other(answered, owner, visit):
    page = visit(owner).get(reverse("chat", args=["egen"])).content.decode()
    assert "이 사이트의 안내에서 가져온 답이에요." in page
    assert "다른 답 보기" not in page


def test_there_is_no_second_answer_to_a_fact(answered):
    with pytest.raises(NothingToCompare):
        comparison_open(reply=answered)


def test_a_question_about_the_site_draws_no_pair(answered, settings):
    settings.UNASKED_PAIRS = 100
    turn = turn_send_by_lot(conversation=answered.turn.conversation, text="너 누구야?")
    assert turn.replies.count() == 1


def test_a_visitor_who_leaves_takes_it_along(answered, owner):
    owner.delete()
    assert not ReplyFacts.objects.exists()


def queries_of_the_log(conversation) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert all(shown.reply.facts.key == "test" for turn in log_of(conversation).turns for shown in turn.replies)
    return len(captured)


def test_a_longer_log_asks_for_its_facts_in_no_query_of_their_own(answered, owner, egen):
    conversation = answered.turn.conversation
    queries_of_the_log(conversation)  # the conversation's own persona is read once
    before = queries_of_the_log(conversation)
    turn = turn_send(conversation=conversation, text="여기 뭐 하는 데야?")
    given = asked("여기 뭐 하는 데야?", egen, owner)
    reply_facts_note(reply_id=str(turn.kept_reply_id), given=given, is_verbatim=True)
    assert queries_of_the_log(conversation) == before
