"""Two results come together: by an invitation that is kept through the test, or at once for who has a result."""

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from PIL import Image

from personas.privacy.models import Visitor
from personas.privacy.services import visitor_delete
from quiz.errors import MatchRefused
from quiz.matches.selectors import Pair
from quiz.matches.services import match_make
from quiz.models import Match, Quiz, TypePair
from quiz.services import Invitation, attempt_restart
from tests.quiz.people import finish


@pytest.fixture
def friends_result(quiz, friend):
    return finish(quiz, friend, place=-1)


@pytest.fixture
def match(result, friends_result) -> Match:
    return match_make(own=friends_result, others=result)


def page(browser, match: Match) -> str:
    return browser.get(f"/match/{match.token}/").content.decode()


def walk_in_the_browser(browser, quiz: Quiz, **begin: str) -> str:
    """Press the start button and answer everything; where the last answer leads."""
    answer = browser.post(f"/quiz/{quiz.slug}/begin/", begin)
    while answer["Location"].startswith("/quiz/"):
        html = browser.get(answer["Location"]).content.decode()
        question = re.search(r'name="question" value="(\d+)"', html)[1]
        chosen = re.search(r'name="answer" value="(\d+)"', html)[1]
        answer = browser.post(answer["Location"], {"question": question, "answer": chosen})
    return answer["Location"]


def test_a_friend_who_follows_the_link_and_takes_the_test_lands_on_the_match(result, quiz, friend, browser_of):
    browser = browser_of(friend)
    link = re.search(r'href="(/quiz/developer/\?with=[^"]+)"', browser.get(f"/r/{result.token}/").content.decode())[1]
    start = browser.get(link).content.decode()
    assert result.type.name in start
    token = re.search(r'name="with" value="([^"]+)"', start)[1]
    landed = walk_in_the_browser(browser, quiz, **{"with": token})
    assert landed == f"/match/{Match.objects.get().token}/"
    assert "궁합" in browser.get(landed).content.decode()


def test_the_invitation_outlives_a_closed_tab_and_a_new_start(result, quiz, friend, browser_of):
    browser = browser_of(friend)
    browser.post("/quiz/developer/begin/", {"with": result.token})
    start = browser.get("/quiz/developer/").content.decode()
    assert result.token in start
    attempt_restart(quiz=quiz, visitor_id=friend.id, invitation=Invitation(result))
    assert walk_in_the_browser(browser, quiz).startswith("/match/")


def test_without_an_invitation_a_walk_ends_at_its_own_result(result, quiz, friend, browser_of):
    assert walk_in_the_browser(browser_of(friend), quiz).startswith("/r/")
    assert not Match.objects.exists()


@pytest.mark.parametrize("token", ["made-up", "", "../../etc"])
def test_an_invitation_that_nobody_made_invites_nobody(result, quiz, friend, browser_of, token):
    assert walk_in_the_browser(browser_of(friend), quiz, **{"with": token}).startswith("/r/")


def test_nobody_is_matched_with_themselves(result, quiz, owner, browser_of):
    assert walk_in_the_browser(browser_of(owner), quiz, **{"with": result.token}).startswith("/r/")
    with pytest.raises(MatchRefused):
        match_make(own=finish(quiz, owner), others=result)
    assert not Match.objects.exists()


def test_results_of_two_tests_have_no_match(result, friend):
    other_test = finish(Quiz.objects.get(slug="general"), friend)
    with pytest.raises(MatchRefused, match="같은 테스트"):
        match_make(own=other_test, others=result)


def test_the_invitation_of_someone_who_left_meanwhile_ends_at_the_own_result(result, quiz, owner, friend, browser_of):
    browser = browser_of(friend)
    browser.post("/quiz/developer/begin/", {"with": result.token})
    visitor_delete(visitor_id=owner.id)
    assert walk_in_the_browser(browser, quiz).startswith("/r/")


def test_who_has_a_result_sees_the_match_with_one_tap(result, friends_result, friend, browser_of):
    browser = browser_of(friend)
    assert "우리 궁합 보기" in browser.get(f"/r/{result.token}/").content.decode()
    landed = browser.post(f"/r/{result.token}/match/")["Location"]
    assert landed == f"/match/{Match.objects.get().token}/"


def test_who_has_none_is_led_to_the_test(result, stranger, browser_of):
    answer = browser_of(stranger).post(f"/r/{result.token}/match/")
    assert answer["Location"] == f"/quiz/developer/?with={result.token}"


def test_two_results_have_one_match_whoever_opens_whose_link(result, friends_result):
    assert match_make(own=friends_result, others=result) == match_make(own=result, others=friends_result)


@pytest.mark.django_db(transaction=True)
def test_two_who_open_each_others_link_at_once_have_one_match(result, friends_result):
    def make(pair) -> str:
        try:
            return match_make(own=pair[0], others=pair[1]).token
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as people:
        tokens = set(people.map(make, [(result, friends_result), (friends_result, result)] * 2))
    assert len(tokens) == Match.objects.count() == 1


def test_both_see_who_is_who_and_a_stranger_does_not(match, owner, friend, stranger, browser_of):
    for someone in (owner, friend):
        html = page(browser_of(someone), match)
        assert ">나<" in html and ">친구<" in html and "공유하기" in html
    html = page(browser_of(stranger), match)
    assert ">나<" not in html and "나도 해보기" in html and "지우기" not in html


def test_the_page_gives_nobody_the_others_result_link(match, result, friends_result, owner, friend, browser_of):
    for someone, own in ((owner, result), (friend, friends_result), (Visitor.objects.create(), None)):
        html = page(browser_of(someone), match)
        assert {found for found in (result, friends_result) if found.token in html} == ({own} if own else set())
        assert str(owner.id) not in html and str(friend.id) not in html


def test_the_analysis_is_that_of_the_two_kinds(match, quiz, client):
    pair = Pair(match)
    html = page(client, match)
    assert pair.words.analysis in html and f"{pair.score}%" in html
    assert TypePair.objects.filter(quiz=quiz).count() == 15


def test_a_test_whose_curators_wrote_no_pairs_still_shows_the_score(match, client):
    TypePair.objects.all().delete()
    assert f"{Pair(match).score}%" in page(client, match)
    assert client.get(f"/match/{match.token}/card.png").status_code == 200


def test_the_preview_of_a_shared_match_shows_its_own_picture(match, client):
    html = page(client, match)
    address = re.search(r'property="og:image" content="([^"]+)"', html)[1]
    assert address.startswith(f"http://testserver/match/{match.token}/card.png?v=")
    answer = client.get(address)
    assert Image.open(io.BytesIO(answer.content)).size == (800, 400)
    assert len(answer.content) < 150_000
    assert answer["Cache-Control"] == "public, max-age=604800"


def test_the_owner_finds_the_matches_on_the_result_and_a_friend_does_not(match, result, owner, friend, browser_of):
    own, friends = (browser_of(who).get(f"/r/{result.token}/").content.decode() for who in (owner, friend))
    assert f"/match/{match.token}/" in own
    assert match.token not in friends


def test_looking_at_a_match_makes_no_cookie(match, client):
    assert not client.get(f"/match/{match.token}/").cookies


@pytest.mark.parametrize("who", ["owner", "friend"])
def test_either_of_the_two_may_remove_the_match(match, result, who, browser_of, request):
    browser = browser_of(request.getfixturevalue(who))
    assert browser.post(f"/match/{match.token}/delete/").status_code == 302
    assert browser.get(f"/match/{match.token}/").status_code == 404
    assert browser.get(f"/match/{match.token}/card.png").status_code == 404
    assert browser.get(f"/r/{result.token}/").status_code == 200


def test_a_stranger_cannot_remove_it(match, stranger, browser_of):
    assert browser_of(stranger).post(f"/match/{match.token}/delete/").status_code == 404
    assert Match.objects.exists()


@pytest.mark.parametrize("who", ["owner", "friend"])
def test_a_match_leaves_with_either_of_the_two(match, who, request, client):
    visitor_delete(visitor_id=request.getfixturevalue(who).id)
    assert client.get(f"/match/{match.token}/").status_code == 404


def test_a_made_up_link_is_not_found(match, client):
    for address in ("/match/aaaaaaaaaaaaaaaa/", "/match/aaaaaaaaaaaaaaaa/card.png"):
        assert client.get(address).status_code == 404
    assert client.post("/r/aaaaaaaaaaaaaaaa/match/").status_code == 404


def test_the_list_of_matches_costs_no_query_for_each(quiz, result, owner, browser_of, django_assert_max_num_queries):
    for _ in range(4):
        match_make(own=finish(quiz, Visitor.objects.create()), others=result)
    with django_assert_max_num_queries(4):
        browser_of(owner).get(f"/r/{result.token}/")
