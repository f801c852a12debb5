"""The log says on which day a talk went on, by the calendar of Seoul."""

from datetime import UTC, datetime

import pytest

from personas.chat import fragments
from personas.chat.log import log_of
from personas.chat.models import Reply, Turn
from personas.chat.services import turn_send

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(conversation):
    """Says something at a moment of the world's clock."""

    def say(text: str, *moment: int) -> Turn:
        turn = turn_send(conversation=conversation, text=text)
        Turn.objects.filter(pk=turn.pk).update(created_at=datetime(*moment, tzinfo=UTC))
        Reply.objects.filter(turn=turn).update(status=Reply.Status.DONE, text="응")
        return turn

    return say


def days(conversation) -> list[str]:
    return [str(shown.begins_day or "") for shown in log_of(conversation).turns]


def test_midnight_is_seouls(said, conversation):
    said("아직 21일", 2026, 11, 21, 14, 59)
    said("이제 22일", 2026, 11, 21, 15, 0)
    said("아침", 2026, 11, 21, 23, 0)
    assert days(conversation) == ["2026-11-21", "2026-11-22", ""]


def test_the_page_writes_the_day_out(said, owner, visit):
    said("안녕", 2026, 11, 21, 15, 0)
    page = visit(owner).get("/chat/egen/").content.decode()
    assert '<time datetime="2026-11-22">2026년 11월 22일 일요일</time>' in page


def test_a_turn_that_is_appended_to_an_open_page_brings_its_day(said, conversation):
    before = said("어제", 2026, 11, 20, 3, 0)
    new = said("오늘", 2026, 11, 21, 3, 0)
    html = fragments.changes(log_of(conversation), [before.pk], new.pk)
    assert "2026-11-21" in html and "2026-11-20" not in html
