"""One pick per person and pair; A and B make a preference pair."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from config.visitors import COOKIE, signed
from personas.chat.services import turn_send
from personas.curation.models import PreferencePair
from personas.voting.errors import AlreadyVoted, VoteNotReady, VoteUnknown
from personas.voting.models import Comparison, Vote
from personas.voting.services import comparison_open, vote_cast
from tests.replies import finish

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("choice", "kept"), [("a", "reply_a"), ("b", "reply_b")])
def test_a_pick_makes_a_pending_pair_and_the_conversation_goes_on_from_it(
    comparison, owner, conversation, choice, kept
):
    vote = vote_cast(comparison=comparison, visitor=owner, choice=choice)
    pair = PreferencePair.objects.get(vote=vote)
    assert pair.status == PreferencePair.Status.PENDING
    assert pair.chosen == getattr(comparison, kept).text != pair.rejected
    assert turn_send(conversation=conversation, text="고마워").goes_on_from == getattr(comparison, kept)


@pytest.mark.parametrize("choice", ["tie", "both_bad"])
def test_tie_and_both_bad_make_no_pair(comparison, owner, choice):
    vote_cast(comparison=comparison, visitor=owner, choice=choice)
    assert Vote.objects.get().choice == choice
    assert not PreferencePair.objects.exists()


def test_a_second_vote_is_refused_and_the_first_kept(comparison, owner):
    vote_cast(comparison=comparison, visitor=owner, choice="a")
    with pytest.raises(AlreadyVoted):
        vote_cast(comparison=comparison, visitor=owner, choice="b")
    assert Vote.objects.get().choice == "a"
    assert PreferencePair.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_votes_at_once_one_counts(comparison, owner):
    def cast(choice):
        try:
            return vote_cast(comparison=Comparison.objects.get(pk=comparison.pk), visitor=owner, choice=choice)
        except AlreadyVoted:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hands:
        assert sorted(map(bool, hands.map(cast, ["a", "b"]))) == [False, True]
    assert Vote.objects.count() == PreferencePair.objects.count() == 1


def test_a_vote_before_both_replies_are_finished_is_refused(first, owner):
    with pytest.raises(VoteNotReady):
        vote_cast(comparison=comparison_open(reply=first), visitor=owner, choice="a")


def test_an_unknown_choice_is_refused(comparison, owner):
    with pytest.raises(VoteUnknown):
        vote_cast(comparison=comparison, visitor=owner, choice="c")


def test_without_scripts_the_vote_leads_back_to_its_conversation(comparison, owner, visit):
    answer = visit(owner).post(reverse("vote", args=[comparison.pk]), {"choice": "a"})
    assert answer.status_code == 302
    page = visit(owner).get(answer["Location"]).content.decode()
    assert "‘A가 좋아요’를 골랐어요" in page


def test_htmx_gets_the_turn_and_the_names_of_the_writers(comparison, owner, visit):
    address = reverse("vote", args=[comparison.pk])
    before = visit(owner).get("/chat/egen/").content.decode()
    assert "reply__writers" not in before
    html = visit(owner).post(address, {"choice": "b"}, headers={"HX-Request": "true"}).content.decode()
    assert html.count("reply__writers") == 2
    assert "‘B가 좋아요’를 골랐어요" in html
    again = visit(owner).post(address, {"choice": "a"}, headers={"HX-Request": "true"}).content.decode()
    assert "이미 고르셨어요" in again and "‘B가 좋아요’를 골랐어요" in again


def test_after_the_vote_the_page_can_name_its_next_message(comparison, owner, visit):
    address = reverse("vote", args=[comparison.pk])
    html = visit(owner).post(address, {"choice": "b"}, headers={"HX-Request": "true"}).content.decode()
    assert re.search(r'name="turn" value="[0-9a-f-]{36}"', html)


def test_a_stranger_finds_no_comparison(comparison, stranger, visit, client):
    address = reverse("vote", args=[comparison.pk])
    assert client.post(address, {"choice": "a"}).status_code == 404
    assert visit(stranger).post(address, {"choice": "a"}).status_code == 404
    assert not Vote.objects.exists()


def test_a_vote_needs_its_forms_token(comparison, owner):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies[COOKIE] = signed(owner.pk)
    assert browser.post(reverse("vote", args=[comparison.pk]), {"choice": "a"}).status_code == 403


def test_looking_at_the_form_and_voting_gives_no_consent(comparison, owner, visit):
    visit(owner).post(reverse("vote", args=[comparison.pk]), {"choice": "a", "consent_asked": "1"})
    owner.refresh_from_db()
    assert not owner.may_train
    assert PreferencePair.objects.get().consent_at is None


def test_the_tick_beside_the_vote_gives_consent_for_that_vote(comparison, owner, visit):
    fields = {"choice": "a", "consent_asked": "1", "consent": "on"}
    visit(owner).post(reverse("vote", args=[comparison.pk]), fields)
    owner.refresh_from_db()
    assert owner.may_train
    assert PreferencePair.objects.get().consent_at == owner.training_consent_at


def test_a_log_of_many_compared_turns_costs_as_many_queries_as_one(comparison, owner, conversation, visit):
    def queries() -> int:
        with connection.execute_wrapper(counting := Counting()):
            visit(owner).get("/chat/egen/")
        return counting.queries

    vote_cast(comparison=comparison, visitor=owner, choice="a")
    of_one = queries()
    for text in ("그다음은?", "언제부터?", "고마워"):
        one = finish(turn_send(conversation=conversation, text=text).replies.get(), "응")
        opened = comparison_open(reply=one)
        finish(opened.turn.replies.exclude(pk=one.pk).get(), "그래")
        vote_cast(comparison=Comparison.objects.get(pk=opened.pk), visitor=owner, choice="b")
    assert queries() == of_one


class Counting:
    """Counts the queries that pass."""

    queries = 0

    def __call__(self, execute, sql, params, many, context):
        self.queries += 1
        return execute(sql, params, many, context)
