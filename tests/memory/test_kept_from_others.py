"""What was told in one talk is in nothing that others read of another: shared pages, what curators and training get."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command

from personas.chat.services import conversation_start, turn_send
from personas.curation.models import PreferencePair
from personas.memory.models import KnownFact
from personas.privacy.services import consent_give
from personas.sharing.services import link_make
from personas.voting.services import comparison_open, vote_cast
from tests.replies import finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_talk(talk, say, owner, egen):
    """A talk with a voted pair, of an owner who told a name and a pet in an earlier one."""
    say(talk, "나 지민이야. 우리 강아지 이름은 콩이야")
    consent_give(visitor=owner)
    other = conversation_start(visitor=owner, persona=egen)
    first = finish(turn_send(conversation=other, text="오늘 뭐 먹지").replies.get(), "떡볶이 어때?")
    comparison = comparison_open(reply=first)
    finish(comparison.turn.replies.exclude(pk=first.pk).get(), "국밥 먹어.")
    comparison.refresh_from_db()
    vote_cast(comparison=comparison, visitor=owner, choice="a")
    return other


def says_a_fact(text: str) -> bool:
    return "지민" in text or "콩이" in text


def test_a_shared_page_of_another_talk_says_nothing_of_it(other_talk, client):
    page = client.get(link_make(conversation=other_talk).get_absolute_url()).content.decode()
    assert "국밥" in page or "떡볶이" in page
    assert not says_a_fact(page)


def test_what_is_exported_says_nothing_of_it(other_talk, capsys):
    PreferencePair.objects.update(status="approved")
    call_command("export_pairs", "--status", "approved")
    rows = capsys.readouterr().out
    assert "떡볶이 어때?" in rows and not says_a_fact(rows)


def test_no_page_of_the_admin_lists_facts():
    assert not admin.site.is_registered(KnownFact)


def test_nothing_else_points_at_a_fact():
    pointing = [
        field.model.__name__
        for model in apps.get_models()
        for field in model._meta.fields
        if field.related_model is KnownFact
    ]
    assert pointing == []
