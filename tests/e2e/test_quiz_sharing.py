"""What is passed on: a result between its owner and a friend, their match, a team's map in two browsers at once."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pictures import keep_screenshot
from tests.e2e.site import Site

LOOKS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
SEED = """
import json
import numpy as np
from config.visitors import signed
from django.contrib.auth.models import User
from personas.privacy.models import Visitor
from quiz.item_report import build_report
from quiz.matches.services import match_make
from quiz.measuring import current_items
from quiz.models import ItemReport, Quiz, WordingTrial
from quiz.teams.services import team_join, team_make
from quiz.trials.report import build_trial_report
from quiz.trials.services import trial_start
from django.utils import timezone
from quiz.walks import Walk
from tests.quiz.people import finish
quiz = Quiz.objects.get(slug="developer")
people = [Visitor.objects.create() for _ in range(6)]
results = [finish(quiz, person, place) for person, place in zip(people, (0, -1, 1, 0, -1, 1))]
team = team_make(result=results[0], name="플랫폼팀", nickname="라떼")
for result, nickname in zip(results[2:], ("민트초코", "직진", "모카", "오렌지주스")):
    team_join(team=team, result=result, nickname=nickname)
match = match_make(own=results[2], others=results[0])
items, random = current_items(quiz), np.random.default_rng(5)
def walk(lean):
    def pick(item):
        place = np.clip((lean + random.uniform(-.5, 1.5)) * len(item.answers), 0, len(item.answers) - 1)
        return sorted(item.answers, key=lambda answer: item.answers[answer][0])[int(place)]
    return Walk(answers={i.id: pick(i) for i in items}, seconds={i.id: float(random.uniform(3, 9)) for i in items})
walks = [walk(lean) for lean in random.normal(0, .4, 600)]
report = ItemReport.objects.create(quiz=quiz, figures=build_report(items, walks))
words = {"scene": "금요일 저녁, 배포 버튼이 눈앞에 있다", "text": "어떻게 할까?"}
trial = WordingTrial.objects.create(question=quiz.questions.first(), **words)
trial_start(trial=trial)
pulled = [w for w in walks[300:] if random.uniform() < .7 or w.answers[items[0].id] == list(items[0].answers)[0]]
trial.figures = build_trial_report(items[0].id, items, (walks[:300], pulled))
WordingTrial.objects.filter(pk=trial.pk).update(figures=trial.figures, counted_at=timezone.now())
User.objects.create_superuser("reader", password="a password of the tests")
print(json.dumps({"cookies": [signed(person.pk) for person in people[:2]], "result": results[0].token,
                  "team": team.token, "match": match.token,
                  "report": report.pk, "trial": trial.pk}))
"""


@pytest.fixture(scope="module")
def things(web: Site) -> dict:
    """Two visitors with results of the developer test; the first has a team and a match, the second has neither."""
    return json.loads(web.shell(SEED).splitlines()[-1])


@pytest.fixture
def owner(visitor, things) -> Page:
    return visitor(cookie=things["cookies"][0])


@pytest.fixture
def friend(visitor, things) -> Page:
    """Who has a result of the same test, and nothing with the owner yet."""
    return visitor(cookie=things["cookies"][1])


def test_the_owner_shares_and_a_friend_is_invited(owner, visitor, things):
    stranger = visitor()
    for page in (owner, stranger):
        page.goto(f"/r/{things['result']}/")
    expect(owner.get_by_role("button", name="공유하기")).to_be_visible()
    expect(owner.get_by_role("link", name="모임 만들기")).to_be_visible()
    expect(stranger.get_by_role("link", name="나도 해보기")).to_be_visible()
    expect(stranger.get_by_role("button", name="공유하기")).to_have_count(0)
    expect(stranger.get_by_text("우리 모임 지도")).to_have_count(0)


def test_a_friend_with_a_result_sees_the_match_and_the_owner_finds_it(friend, owner, things):
    friend.goto(f"/r/{things['result']}/")
    friend.get_by_role("button", name="우리 궁합 보기").click()
    friend.wait_for_url(re.compile("/match/"))
    score = friend.locator(".pair__score strong").inner_text()
    owner.goto(f"/r/{things['result']}/")
    expect(owner.locator(".own-matches__score").first).to_have_text(score)


def test_a_teams_map_grows_and_shrinks_before_everyones_eyes(owner, friend, things):
    for page in (owner, friend):
        page.goto(f"/group/{things['team']}/")
    expect(owner.locator("table caption")).to_have_text("지금 5명")
    friend.get_by_label("내 별명").fill("번개")
    friend.get_by_role("button", name="지도에 들어가기").click()
    expect(owner.locator("table caption")).to_have_text("지금 6명")
    expect(owner.locator("table").get_by_text("번개")).to_be_visible()
    expect(owner.locator("#team circle")).to_have_count(6)
    friend.get_by_role("button", name="나가기").click()
    expect(owner.locator("table caption")).to_have_text("지금 5명")
    expect(owner.locator("table").get_by_text("번개")).to_have_count(0)


def test_a_nickname_that_hurts_is_refused_on_the_page(friend, things):
    friend.goto(f"/group/{things['team']}/")
    friend.get_by_label("내 별명").fill("ㅅㅣㅂㅏㄹ")
    friend.get_by_role("button", name="지도에 들어가기").click()
    expect(friend.get_by_role("alert")).to_contain_text("욕이나 누군가를 다치게 하는 말은 빼고")
    expect(friend.get_by_label("내 별명")).to_have_value("ㅅㅣㅂㅏㄹ")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_fits_its_screen(visitor, things, width, scheme):
    addresses = {
        "result-friend": f"/r/{things['result']}/",
        "match": f"/match/{things['match']}/",
        "team": f"/group/{things['team']}/",
        "types": "/quiz/developer/types/",
        "about": "/about/",
    }
    page = visitor(width, scheme)
    for name, address in addresses.items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond == 0, f"{address} is {beyond} px wider than the screen"
        keep_screenshot(page, f"{name}-{width}-{scheme}")


def test_the_figures_of_the_questions_and_of_two_wordings_open_in_the_admin(visitor, things):
    page = visitor(1280)
    page.goto(f"/admin/quiz/itemreport/{things['report']}/change/")
    page.locator("input[name=username]").fill("reader")
    page.locator("input[name=password]").fill("a password of the tests")
    page.keyboard.press("Enter")
    expect(page.locator(".questions")).to_be_visible()
    expect(page.locator(".trial__figures")).to_be_visible()
    keep_screenshot(page, "admin-psychometrics-1280-light")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/admin/quiz/wordingtrial/{things['trial']}/change/")
    expect(page.locator(".trial__figures")).to_be_visible()
    keep_screenshot(page, "admin-trial-390-dark")
