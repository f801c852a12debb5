"""After the vote one may say why; curators read it beside the pair."""

import pytest
from django.urls import reverse

from personas.curation.models import PreferencePair
from personas.voting.errors import ReasonUnknown
from personas.voting.models import Vote
from personas.voting.services import vote_cast, vote_explain

pytestmark = pytest.mark.django_db


@pytest.fixture
def vote(comparison, owner) -> Vote:
    return vote_cast(comparison=comparison, visitor=owner, choice="a")


def reasons_after(client, vote, *reasons, **extra):
    return client.post(reverse("vote-reasons", args=[vote.comparison_id]), {"reason": reasons}, **extra)


def test_reasons_are_kept_in_one_order_and_can_be_changed(vote):
    vote_explain(vote=vote, reasons=["useful", "understood"])
    assert Vote.objects.get().reasons == ["understood", "useful"]
    vote_explain(vote=vote, reasons=[])
    assert Vote.objects.get().reasons == []


@pytest.mark.parametrize(
    ("choice", "reason"), [("a", "off_topic"), ("both_bad", "useful"), ("tie", "useful"), ("a", "x")]
)
def test_a_reason_that_does_not_go_with_the_choice_is_refused(comparison, owner, choice, reason):
    vote = vote_cast(comparison=comparison, visitor=owner, choice=choice)
    with pytest.raises(ReasonUnknown):
        vote_explain(vote=vote, reasons=[reason])
    assert Vote.objects.get().reasons == []


def test_the_page_saves_each_chip(vote, owner, visit):
    answer = reasons_after(visit(owner), vote, "useful", headers={"HX-Request": "true"})
    assert answer.content.decode() == "적어 두었어요. 고마워요!"
    page = visit(owner).get("/chat/egen/").content.decode()
    assert 'value="useful" checked' in page


def test_without_scripts_it_leads_back_to_the_conversation(vote, owner, visit):
    answer = reasons_after(visit(owner), vote, "x")
    assert answer.status_code == 302
    assert "화면에 있는 까닭만" in visit(owner).get(answer["Location"]).content.decode()


def test_a_stranger_explains_nothing(vote, stranger, visit):
    assert reasons_after(visit(stranger), vote, "useful").status_code == 404
    assert Vote.objects.get().reasons == []


def test_there_is_nothing_to_explain_before_the_vote(comparison, owner, visit):
    address = reverse("vote-reasons", args=[comparison.pk])
    assert visit(owner).post(address, {"reason": "useful"}).status_code == 404


def test_a_tie_is_not_asked_why(comparison, owner, visit):
    vote_cast(comparison=comparison, visitor=owner, choice="tie")
    assert "reasons__chips" not in visit(owner).get("/chat/egen/").content.decode()


def test_curators_read_the_reasons(vote, curator, client):
    vote_explain(vote=vote, reasons=["in_character"])
    client.force_login(curator)
    page = client.get(f"/admin/curation/preferencepair/{PreferencePair.objects.get().pk}/change/").content.decode()
    assert "말투가 딱이에요" in page
