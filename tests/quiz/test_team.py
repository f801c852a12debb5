"""A team is made from a result, joined by link under a nickname, and left again."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from personas.privacy.models import Visitor
from personas.privacy.services import visitor_delete
from quiz.errors import MatchRefused, NameRefused, NicknameTaken, NotYours, TeamFull
from quiz.models import Member, Quiz, Team
from quiz.teams import services
from quiz.teams.names import name_clean
from quiz.teams.services import member_remove, team_delete, team_join, team_make
from tests.quiz.people import finish

pytestmark = pytest.mark.usefixtures("redis_server")


@pytest.fixture
def team(result) -> Team:
    return team_make(result=result, name="플랫폼팀", nickname="라떼")


@pytest.fixture
def friends_result(quiz, friend):
    return finish(quiz, friend, place=-1)


def page(browser, team: Team) -> str:
    return browser.get(f"/group/{team.token}/").content.decode()


def names(team: Team) -> list[str]:
    return [member.nickname for member in team.members.all()]


def test_the_owner_makes_a_team_from_the_result(result, owner, browser_of):
    browser = browser_of(owner)
    assert f"/r/{result.token}/group/" in browser.get(f"/r/{result.token}/").content.decode()
    answer = browser.post(f"/r/{result.token}/group/", {"name": " 플랫폼  팀 ", "nickname": "라떼"})
    made = Team.objects.get()
    assert answer["Location"] == f"/group/{made.token}/"
    assert (made.name, names(made)) == ("플랫폼 팀", ["라떼"])
    assert "플랫폼 팀" in browser.get(f"/r/{result.token}/").content.decode()


def test_nobody_makes_a_team_from_anothers_result(result, stranger, browser_of):
    for answer in (
        browser_of(stranger).get(f"/r/{result.token}/group/"),
        browser_of(stranger).post(f"/r/{result.token}/group/", {"name": "가", "nickname": "나"}),
    ):
        assert answer.status_code == 404
    assert not Team.objects.exists()


def test_a_form_with_a_bad_name_comes_back_with_what_was_typed(result, owner, browser_of):
    answer = browser_of(owner).post(f"/r/{result.token}/group/", {"name": "플랫폼팀", "nickname": "~~"})
    assert answer.status_code == 400
    assert 'value="플랫폼팀"' in answer.content.decode() and "글자나 숫자" in answer.content.decode()
    assert not Team.objects.exists()


def test_a_name_that_hurts_is_refused_with_a_word_on_what_to_do(
    result, team, friends_result, owner, friend, browser_of
):
    made = browser_of(owner).post(f"/r/{result.token}/group/", {"name": "병1신들", "nickname": "라떼"})
    joined = browser_of(friend).post(f"/group/{team.token}/join/", {"nickname": "ㅅㅣㅂㅏㄹ"})
    for answer in (made, joined):
        assert answer.status_code == 400 and "욕이나 누군가를 다치게 하는 말은 빼고" in answer.content.decode()
    assert Team.objects.count() == 1 and names(team) == ["라떼"]


def test_who_has_a_result_joins_under_a_nickname(team, friends_result, friend, browser_of):
    browser = browser_of(friend)
    assert "지도에 들어가기" in page(browser, team)
    assert browser.post(f"/group/{team.token}/join/", {"nickname": "직진"}).status_code == 302
    html = page(browser, team)
    assert "직진" in html and "지도에 들어가기" not in html and "지금 2명" in html


def test_who_has_none_takes_the_test_and_comes_back(team, quiz, friend, browser_of):
    browser = browser_of(friend)
    start = browser.get(f"/quiz/developer/?group={team.token}").content.decode()
    assert "플랫폼팀" in start
    answer = browser.post("/quiz/developer/begin/", {"group": team.token})
    while answer["Location"].startswith("/quiz/"):
        html = browser.get(answer["Location"]).content.decode()
        tap = {name: re.search(rf'name="{name}" value="(\d+)"', html)[1] for name in ("question", "answer")}
        answer = browser.post(answer["Location"], tap)
    assert answer["Location"] == f"/group/{team.token}/"
    assert "지도에 들어가기" in page(browser, team)


def test_joining_again_moves_and_renames_and_makes_no_second_place(team, quiz, friend, friends_result):
    team_join(team=team, result=friends_result, nickname="직진")
    again = finish(quiz, friend)
    team_join(team=team, result=again, nickname="새 별명")
    assert names(team) == ["라떼", "새 별명"]
    assert team.members.last().result == again


def test_a_nickname_is_taken_once(team, friends_result, friend, browser_of):
    with pytest.raises(NicknameTaken):
        team_join(team=team, result=friends_result, nickname=" 라떼 ")
    answer = browser_of(friend).post(f"/group/{team.token}/join/", {"nickname": "라떼"})
    assert answer.status_code == 400 and "같은 별명" in answer.content.decode()


def test_a_nickname_stays_text(team, friends_result, client):
    team_join(team=team, result=friends_result, nickname="<b>x</b>")
    html = page(client, team)
    assert "<b>x" not in html and "&lt;b&gt;x" in html


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("  라떼\n두 잔 ", "라떼 두 잔"), ("a\u202eb\u200bc", "abc"), ("z\u0335\u0336a", "za"), ("가" * 40, "가" * 12)],
)
def test_nothing_hides_in_a_name(typed, shown):
    assert name_clean(typed, longest=12) == shown


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u3164"[:1], "!!!", "\u202e"])
def test_a_name_without_letters_is_refused(typed):
    with pytest.raises(NameRefused):
        name_clean(typed, longest=12)


def test_a_result_of_another_test_has_no_place(team, friend):
    with pytest.raises(MatchRefused):
        team_join(team=team, result=finish(Quiz.objects.get(slug="general"), friend), nickname="직진")


def test_a_full_team_takes_nobody_but_moves_its_own(team, result, friends_result, monkeypatch):
    monkeypatch.setattr(services, "MOST_MEMBERS", 1)
    with pytest.raises(TeamFull):
        team_join(team=team, result=friends_result, nickname="직진")
    assert team_join(team=team, result=result, nickname="모카").nickname == "모카"


@pytest.mark.django_db(transaction=True)
def test_two_who_join_at_once_never_share_a_nickname(team, quiz):
    results = [finish(quiz, Visitor.objects.create()) for _ in range(3)]

    def join(result) -> bool:
        try:
            team_join(team=team, result=result, nickname="직진")
            return True
        except NicknameTaken:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as people:
        assert sorted(people.map(join, results)) == [False, False, True]


def test_members_leave_by_themselves_and_the_owner_removes_anyone(team, friends_result, owner, friend, browser_of):
    for browser in (browser_of(friend), browser_of(owner)):
        member = team_join(team=team, result=friends_result, nickname="직진")
        assert f'value="{member.pk}"' in page(browser, team)
        assert browser.post(f"/group/{team.token}/remove/", {"member": member.pk}).status_code == 302
        assert names(team) == ["라떼"]


@pytest.mark.parametrize("who", ["friend", "stranger"])
def test_nobody_else_removes_anyone(team, friends_result, who, browser_of, request):
    team_join(team=team, result=friends_result, nickname="직진")
    browser = browser_of(request.getfixturevalue(who))
    owners_place = Member.objects.get(nickname="라떼")
    assert f'value="{owners_place.pk}"' not in page(browser, team)
    answer = browser.post(f"/group/{team.token}/remove/", {"member": owners_place.pk})
    assert answer.status_code == 400 and "본인과" in answer.content.decode()
    assert "라떼" in names(team)


def test_a_member_of_another_team_cannot_be_removed_through_this_one(team, friends_result, owner, browser_of):
    other = team_make(result=friends_result, name="다른 팀", nickname="직진")
    browser_of(owner).post(f"/group/{team.token}/remove/", {"member": other.members.get().pk})
    assert names(other) == ["직진"]


@pytest.mark.parametrize("member", ["", "0", "x", "-1", "9" * 30])
def test_removing_nobody_changes_nothing(team, owner, browser_of, member):
    assert browser_of(owner).post(f"/group/{team.token}/remove/", {"member": member}).status_code == 302
    assert names(team) == ["라떼"]


def test_only_the_owner_closes_the_team(team, result, friends_result, friend, owner, browser_of):
    team_join(team=team, result=friends_result, nickname="직진")
    with pytest.raises(NotYours):
        team_delete(team=team, by=friend.id)
    assert browser_of(owner).post(f"/group/{team.token}/delete/")["Location"] == f"/r/{result.token}/"
    assert browser_of(owner).get(f"/group/{team.token}/").status_code == 404


def test_the_page_gives_nobodys_result_away(team, result, friends_result, stranger, browser_of):
    team_join(team=team, result=friends_result, nickname="직진")
    html = page(browser_of(stranger), team)
    assert result.token not in html and friends_result.token not in html
    assert str(result.attempt.visitor_id) not in html


def test_who_deletes_everything_leaves_the_map_and_the_owner_takes_it_along(team, friends_result, friend, owner):
    team_join(team=team, result=friends_result, nickname="직진")
    visitor_delete(visitor_id=friend.id)
    assert names(team) == ["라떼"]
    visitor_delete(visitor_id=owner.id)
    assert not Team.objects.exists()


def test_leaving_is_refused_for_strangers_by_the_service_too(team, stranger):
    with pytest.raises(NotYours):
        member_remove(member=team.members.get(), by=stranger.id)
    with pytest.raises(NotYours):
        member_remove(member=team.members.get(), by=None)


def test_the_table_says_what_the_map_shows(team, result, client):
    html = page(client, team)
    assert f"<td>{result.egen_percent}%</td>" in html and f"<td>{result.teto_percent}%</td>" in html
    assert html.count("<circle") == 1
