"""Which answer is more in character is another question than which is better, and is kept apart."""

import pytest
from django.urls import reverse

from personas.curation.models import PreferencePair
from personas.voting.errors import AlreadyVoted, VoteNotReady, VoteUnknown
from personas.voting.models import Comparison, StyleVote, Vote
from personas.voting.services import style_vote_cast, vote_cast
from personas.voting.unasked import turn_send_by_lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def style_comparison(comparison) -> Comparison:
    """Two finished replies with the question which is more egen."""
    comparison.question = Comparison.Question.STYLE
    comparison.is_unasked = True
    comparison.save()
    return comparison


@pytest.mark.parametrize("choice", StyleVote.Choice.values)
def test_a_style_vote_makes_no_pair_and_changes_nothing_else(style_comparison, owner, choice):
    kept = style_comparison.turn.kept_reply
    style_vote_cast(comparison=style_comparison, visitor=owner, choice=choice)
    style_comparison.turn.refresh_from_db()
    assert StyleVote.objects.get().choice == choice
    assert not Vote.objects.exists() and not PreferencePair.objects.exists()
    assert style_comparison.turn.kept_reply == kept


def test_each_question_takes_its_own_answers_only(style_comparison, comparison, owner):
    with pytest.raises(VoteUnknown):
        vote_cast(comparison=style_comparison, visitor=owner, choice="a")
    with pytest.raises(VoteUnknown):
        style_vote_cast(comparison=style_comparison, visitor=owner, choice="both_bad")
    comparison.question = Comparison.Question.QUALITY
    with pytest.raises(VoteUnknown):
        style_vote_cast(comparison=comparison, visitor=owner, choice="a")


def test_one_word_per_person(style_comparison, owner):
    style_vote_cast(comparison=style_comparison, visitor=owner, choice="a")
    with pytest.raises(AlreadyVoted):
        style_vote_cast(comparison=style_comparison, visitor=owner, choice="b")


def test_not_before_both_are_finished(style_comparison, owner):
    style_comparison.reply_a.status = "running"
    with pytest.raises(VoteNotReady):
        style_vote_cast(comparison=style_comparison, visitor=owner, choice="a")


def test_the_page_asks_about_the_style_of_its_persona(style_comparison, owner, visit):
    page = visit(owner).get("/chat/egen/").content.decode()
    assert "어느 쪽이 더 에겐다워요?" in page
    assert "A가 더 어울려요" in page and "A가 좋아요" not in page
    assert 'name="consent"' not in page


def test_the_vote_names_the_writers_and_thanks(style_comparison, owner, visit):
    address = reverse("vote", args=[style_comparison.pk])
    html = visit(owner).post(address, {"choice": "b"}, headers={"HX-Request": "true"}).content.decode()
    assert html.count("reply__writers") == 2
    assert "‘B가 더 어울려요’를 골랐어요" in html
    assert "reasons" not in html


def test_a_persona_without_a_word_for_its_style_is_not_asked_about(first, conversation, egen, settings, monkeypatch):
    settings.UNASKED_PAIRS = 100
    monkeypatch.setattr("personas.voting.unasked.STYLE_SHARE", 100)
    egen.slug = "sora"
    egen.save()
    conversation.refresh_from_db()
    turn_send_by_lot(conversation=conversation, text="그다음엔?")
    assert not Comparison.objects.get().asks_style


def test_by_lot_a_pair_asks_about_style(first, conversation, settings, monkeypatch):
    settings.UNASKED_PAIRS = 100
    monkeypatch.setattr("personas.voting.unasked.STYLE_SHARE", 100)
    turn_send_by_lot(conversation=conversation, text="그다음엔?")
    assert Comparison.objects.get().asks_style
