"""The product's main job, on the real model, from the first question to the way back.

A visitor takes the test, chats and votes. Two curators and an operator look at the votes, a night learns from them,
visitors compare the candidate, the operator puts it up, and its next reply comes. The visitor sees what their vote
changed, takes their consent back, and the next night leaves it out. The operator rolls back.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import count_stream_frames, last_reply, last_turn, say, take_the_test, wait_for_reply
from tests.e2e.pictures import keep_screenshot
from tests.e2e.site import Site
from tests.e2e.staff import CURATOR, OPERATOR, judge, press_and_confirm, staff_of

pytestmark = [pytest.mark.browser, pytest.mark.real_model, pytest.mark.timeout(1800)]

VOTES_OF_OTHERS = Path(__file__).with_name("votes_of_others.jsonl")
MINE = "오늘 배포하다 장애 냈어"
HAS_A_NUMBER = "q=010-2345-6789"  # one of them
WAITING = "status__exact=pending"
SMALL_TALK = ("그래, 고마워", "퇴근길에 뭐 하면 좋을까?", "저녁은 뭐 먹지?", "주말엔 뭐 하지?", "잠이 안 와", "심심해")
NIGHT = 600_000  # milliseconds that a night may take on two busy cores


@pytest.fixture
def staff(browser: Browser, site: Site) -> Iterator[dict[str, Page]]:
    with staff_of(browser, site, {"curator": CURATOR, "colleague": CURATOR, "operator": OPERATOR}) as pages:
        yield pages


def test_a_vote_becomes_the_next_version_and_can_be_taken_back(page: Page, site: Site, staff: dict[str, Page]):
    take_the_test(page)
    result = page.url
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+%"))
    chat_with_egen(page, result)
    chat_with_teto_and_vote(page, result)

    import_votes_of_others(site)
    judge_them_twice(staff, site)
    settle_the_one_in_dispute(staff["operator"])

    compare_candidates_always(staff["operator"])
    watch_a_night(staff["operator"], site)
    with site.web_set_to(UNASKED_PAIRS="100"):
        compare_both_versions(page)
    promote_the_candidate(staff["operator"])
    say(page, "그럼 내일은 뭐부터 해야 돼?")
    wait_for_reply(page)
    assert author_of_the_last_reply(site) == "teto@v2 1.0"

    see_what_my_vote_changed(page)
    with_mine = newest_snapshot(site)
    withdraw_consent(page)
    begin_the_next_night(staff["operator"], site)
    assert sorted([*newest_snapshot(site), MINE]) == sorted(with_mine)

    roll_back(staff["operator"])
    say(page, "고마워, 이제 자러 갈게")
    wait_for_reply(page)
    assert author_of_the_last_reply(site) == "teto@v1 1.0"
    see_how_long_it_took(staff["operator"])


def chat_with_egen(page: Page, result: str) -> None:
    page.goto(result)
    frames = count_stream_frames(page)
    page.get_by_role("link", name="에겐이랑 얘기하기").click()
    say(page, "요즘 회사 다니는 게 너무 힘들고 지쳐. 어떻게 하면 좋을까?")
    wait_for_reply(page)
    assert len(last_reply(page)) > 5
    assert len(frames) > 1, "the words came all at once"


def chat_with_teto_and_vote(page: Page, result: str) -> None:
    page.goto(result)
    page.get_by_role("link", name="테토랑 얘기하기").click()
    say(page, MINE)
    wait_for_reply(page)
    first = last_reply(page)
    texts = two_replies(page)
    assert len(texts) == 2 and first in texts
    assert "teto@v1" not in last_turn(page).inner_text()
    page.get_by_label("내 투표와 대화를 페르소나 학습에 써도 좋아요").check()
    page.get_by_role("button", name="A가 좋아요").click()
    expect(last_turn(page)).to_contain_text("teto@v1")


def two_replies(page: Page) -> list[str]:
    """Ask for another reply to the last message; both texts once they can be compared."""
    last_turn(page).get_by_role("button", name="다른 답 보기").click()
    for name in ("A가 좋아요", "B가 좋아요", "비슷해요", "둘 다 별로예요"):
        expect(page.get_by_role("button", name=name)).to_be_visible(timeout=60_000)
    return last_turn(page).locator('[id^="text-"]').all_inner_texts()


def import_votes_of_others(site: Site) -> None:
    """One vote teaches nothing: the others' come in as rows, and wait for the curators like the visitor's."""
    rows = VOTES_OF_OTHERS.read_text()
    printed = site.manage("import_pairs", "--persona", "teto", stdin=rows)
    assert printed.startswith(f"{len(rows.splitlines())} pairs imported as pending")


def judge_them_twice(staff: dict[str, Page], site: Site) -> None:
    """Every pair wants two opinions. Over a telephone number the two curators disagree."""
    waiting = pairs(site, "pending")  # what other walks on this site voted for is among them
    assert len(waiting) > len(VOTES_OF_OTHERS.read_text().splitlines())
    assert "의견을 기다립니다" in judge(staff["curator"], WAITING, "승인")
    assert pairs(site, "pending") == waiting
    colleague = staff["colleague"]
    colleague.goto(f"/admin/curation/preferencepair/?{HAS_A_NUMBER}")
    expect(colleague.locator("#result_list tbody")).to_contain_text("개인정보")
    judge(colleague, HAS_A_NUMBER, "거절")
    judge(colleague, WAITING, "승인")
    assert len(pairs(site, "approved")) == len(waiting) - 1


def settle_the_one_in_dispute(operator: Page) -> None:
    operator.goto("/admin/curation/preferencepair/agreement/")
    expect(operator.locator("table")).to_contain_text("colleague · curator")
    dispute = operator.locator(".desk__case")
    expect(dispute).to_have_count(1)
    expect(dispute).to_contain_text("010-2345-6789")
    keep_screenshot(operator, "a-dispute")
    dispute.get_by_role("button", name="거절").click()
    expect(dispute).to_have_count(0)


def compare_candidates_always(operator: Page) -> None:
    """From now on what passes the gate is a candidate, and two answers that come unasked are its and the champion's."""
    open_teto(operator)
    operator.locator("input[name=canary_percent]").fill("100")
    operator.locator("[name=_save]").click()
    expect(operator.locator("#result_list")).to_be_visible()


def watch_a_night(operator: Page, site: Site) -> None:
    """The charts grow while it trains; in the end its report stands on the page, with a candidate."""
    with ThreadPoolExecutor(1) as aside:
        night = aside.submit(site.manage, "retrain", "--persona", "teto")
        open_the_newest_run(operator, night)
        line = operator.locator(".chart__line").first
        expect(line).to_be_attached(timeout=NIGHT)
        drawn = line.get_attribute("points") or ""
        expect(line).not_to_have_attribute("points", drawn, timeout=NIGHT)
        keep_screenshot(operator, "a-night")
        report = night.result()
    assert "snapshot:" in report and "gate: passed" in report, report
    expect(operator.locator("body")).to_contain_text("teto@v2")
    keep_screenshot(operator, "a-night-has-ended")
    assert site.shell(
        "from personas.registry.models import Persona; teto = Persona.objects.get(slug='teto');"
        "print(teto.champion, teto.candidate)"
    ) == ("teto@v1 teto@v2\n")


def open_the_newest_run(operator: Page, running: Future[str]) -> None:
    newest = operator.locator("#result_list tbody tr").first
    while not running.done():
        operator.goto("/admin/registry/trainingrun/?status__exact=running")
        if newest.is_visible():
            break
    newest.locator("a").first.click()


def compare_both_versions(page: Page) -> None:
    """Two answers come unasked, the champion's and the candidate's. Where it is their style that is asked about, which
    says nothing about the better version, the visitor does not answer and talks on."""
    page.reload()
    for words in SMALL_TALK:
        say(page, words)
        expect(last_turn(page).locator(".vote, .replies__more")).to_be_visible(timeout=60_000)
        if page.get_by_role("button", name="A가 좋아요").is_visible():
            break
        if (pass_over := page.get_by_role("button", name="고르지 않을래요")).is_visible():
            pass_over.click()
            expect(pass_over).to_have_count(0)
    page.get_by_role("button", name="A가 좋아요").click()
    for version in ("teto@v1", "teto@v2"):
        expect(last_turn(page)).to_contain_text(version)


def promote_the_candidate(operator: Page) -> None:
    open_teto(operator)
    expect(operator.locator(".canary")).to_contain_text("95% 신뢰구간")
    keep_screenshot(operator, "a-candidate-compared")
    operator.goto("/admin/registry/adapterversion/")
    operator.locator("#result_list").get_by_role("link", name="teto@v2").click()
    press_and_confirm(operator, "현재 버전으로 올리기", "올리기", "현재 버전: teto@v2")


def see_what_my_vote_changed(page: Page) -> None:
    talk = page.url
    page.goto("/")
    page.get_by_role("link", name="내 투표로 배운 AI가 나왔어요").click()
    expect(page.get_by_text("내 투표 1개로 배웠어요")).to_be_visible()
    page.get_by_role("button", name="전과 후 보기").click()
    expect(page.locator(".effect__replies dd")).to_have_text([re.compile(r"\S")] * 2, timeout=60_000)
    keep_screenshot(page, "what-my-vote-changed")
    page.goto(talk)


def withdraw_consent(page: Page) -> None:
    talk = page.url
    page.goto("/privacy/")
    page.get_by_role("button", name="허락 거두기").click()
    expect(page.get_by_text("지금은 쓰지 않아요.")).to_be_visible()
    page.goto("/my-votes/")
    expect(page.get_by_text("내 투표 1개로 배웠어요")).to_have_count(0)
    page.goto(talk)


def begin_the_next_night(operator: Page, site: Site) -> None:
    """The operator stops it as soon as it has its rows: what a night does with them has been seen."""
    with ThreadPoolExecutor(1) as aside:
        night = aside.submit(site.manage, "retrain", "--persona", "teto")
        open_the_newest_run(operator, night)
        expect(operator.locator(".run-live")).to_contain_text("배우고", timeout=NIGHT)
        press_and_confirm(operator, "멈추기", "멈추기", "멈췄습니다:")
        assert isinstance(night.exception(), AssertionError), "a run that was stopped ends as one"


def newest_snapshot(site: Site) -> list[str]:
    """The last messages of the prompts that the newest night learned from."""
    lines = site.shell(
        "from personas.registry.models import TrainingRun;"
        "print(TrainingRun.objects.latest('pk').snapshot.file.read_text())"
    )
    return [json.loads(line)["prompt"][-1]["content"] for line in lines.splitlines() if line]


def roll_back(operator: Page) -> None:
    open_teto(operator)
    press_and_confirm(operator, "이전 버전으로 되돌리기", "되돌리기", "현재 버전: teto@v1")


def see_how_long_it_took(operator: Page) -> None:
    """In the record stands who rolled back, and when the worker had the first reply of the old version."""
    record = operator.get_by_role("row").filter(has_text="되돌림")
    expect(record).to_contain_text(re.compile(r"teto@v2\s+teto@v1\s+되돌림\s+operator"))
    while not record.get_by_text(re.compile(r"^[\d.]+초$")).is_visible():
        operator.reload()
    keep_screenshot(operator, "rolled-back")


def open_teto(operator: Page) -> None:
    operator.goto("/admin/registry/persona/")
    operator.locator("#result_list").get_by_role("link", name="테토").click()
    expect(operator.locator("input[name=canary_percent]")).to_be_visible()


def pairs(site: Site, status: str) -> list[dict]:
    """All pairs of this status as they leave the site."""
    return [json.loads(line) for line in site.manage("export_pairs", "--status", status).splitlines()]


def author_of_the_last_reply(site: Site) -> str:
    return site.shell(
        "from personas.chat.models import Reply; from personas.registry.models import AdapterVersion;"
        "[[version, weight]] = Reply.objects.latest('created_at').adapters;"
        "print(AdapterVersion.objects.get(pk=version), weight)"
    ).strip()
