"""No message of danger that was learned from reaches the engine: wherever in a talk, and however it is spelt."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from moderation import danger_of
from moderation.everyday import everyday_messages
from moderation.rows import LEARNED, rows_of
from personas.care.models import Care
from personas.chat.models import Reply
from personas.chat.services import conversation_start, turn_send
from tests.moderation.spellings import SPELLINGS
from tests.replies import finish

DANGERS = some.sampled_from([row.text for row in rows_of(*LEARNED) if row.danger])
TALKS = some.lists(some.sampled_from(everyday_messages()), max_size=3)
SPELT = some.sampled_from(sorted(SPELLINGS))


@settings(max_examples=300)
@given(text=DANGERS, spelling=SPELT, before=TALKS)
def test_it_is_a_danger_after_whatever_was_said(text, spelling, before):
    assert danger_of(SPELLINGS[spelling](text), before) is not None


@pytest.mark.django_db(transaction=True)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=DANGERS, spelling=SPELT, before=TALKS)
def test_people_s_words_answer_it_in_any_talk(owner, egen, tasks_sent, text, spelling, before):
    Care.objects.all().delete()
    talk = conversation_start(visitor=owner, persona=egen)
    for said in before:
        for reply in turn_send(conversation=talk, text=said).replies.filter(status__in=Reply.ACTIVE):
            finish(reply)
    asked = len(tasks_sent())
    turn = turn_send(conversation=talk, text=SPELLINGS[spelling](text)[:1000])
    assert turn.care and turn.replies.get().text and len(tasks_sent()) == asked
