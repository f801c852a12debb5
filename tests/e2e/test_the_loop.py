"""The product's main job, on the real model: test, chat, vote, approval, retraining, and a reply of the new version."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import count_stream_frames, last_reply, last_turn, say, take_the_test, wait_for_reply
from tests.e2e.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.real_model, pytest.mark.timeout(900)]

PASSWORD = "a long password of the tests"
VOTES_OF_OTHERS = Path(__file__).with_name("votes_of_others.jsonl")


def test_a_vote_becomes_the_next_version(page: Page, site: Site):
    take_the_test(page)
    result = page.url
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+%"))

    chat_with_egen(page, result)
    chat_with_teto_and_vote(page, result)
    import_votes_of_others(site)
    approve_everything_pending(page, site)

    report = site.manage("retrain", "--persona", "teto")
    assert "snapshot:" in report and "gate: passed" in report, report
    assert site.shell(
        "from personas.registry.models import Persona; print(Persona.objects.get(slug='teto').champion)"
    ) == ("teto@v2\n")
    the_next_reply_has_the_new_version(page, site)


def chat_with_egen(page: Page, result: str) -> None:
    page.goto(result)
    frames = count_stream_frames(page)
    page.get_by_role("link", name="에겐이랑 얘기하기").click()
    say(page, "요즘 회사 다니는 게 너무 힘들고 지쳐. 어떻게 하면 좋을까?")
    wait_for_reply(page)
    assert len(last_reply(page)) > 5
    assert len(frames) >= 10, f"words came in {len(frames)} frames"


def chat_with_teto_and_vote(page: Page, result: str) -> None:
    page.goto(result)
    page.get_by_role("link", name="테토랑 얘기하기").click()
    say(page, "오늘 배포하다 장애 냈어")
    wait_for_reply(page)
    first = last_reply(page)
    last_turn(page).get_by_role("button", name="다른 답 보기").click()
    for name in ("A가 좋아요", "B가 좋아요", "비슷해요", "둘 다 별로예요"):
        expect(page.get_by_role("button", name=name)).to_be_visible(timeout=60_000)
    texts = last_turn(page).locator('[id^="text-"]').all_inner_texts()
    assert len(texts) == 2 and first in texts
    assert "teto@v1" not in last_turn(page).inner_text()
    page.get_by_label("내 투표와 대화를 페르소나 학습에 써도 좋아요").check()
    page.get_by_role("button", name="A가 좋아요").click()
    expect(last_turn(page)).to_contain_text("teto@v1")


def import_votes_of_others(site: Site) -> None:
    """One vote teaches nothing: the others' come in as rows, and wait for the curator like the visitor's."""
    rows = VOTES_OF_OTHERS.read_text()
    printed = site.manage("import_pairs", "--persona", "teto", stdin=rows)
    assert printed.startswith(f"{len(rows.splitlines())} pairs imported as pending")


def approve_everything_pending(page: Page, site: Site) -> None:
    waiting = pairs(site, "pending")  # what other walks on this site voted for is among them
    assert len(waiting) > len(VOTES_OF_OTHERS.read_text().splitlines())
    site.shell(
        "from django.contrib.auth.models import User;"
        f"User.objects.create_superuser('curator', 'curator@example.com', {PASSWORD!r})"
    )
    curator = page.context.browser.new_page(base_url=site.url, locale="ko-KR", viewport={"width": 1280, "height": 900})
    curator.goto("/admin/curation/preferencepair/?status__exact=pending")
    curator.locator("input[name=username]").fill("curator")
    curator.locator("input[name=password]").fill(PASSWORD)
    curator.locator("input[name=password]").press("Enter")
    curator.locator("#action-toggle").check()
    curator.locator("select[name=action]").select_option(label="승인")
    curator.locator("button[name=index]").click()
    curator.get_by_role("button", name="승인 확정").click()
    expect(curator.locator("body")).to_contain_text("승인")
    curator.close()
    assert pairs(site, "approved") == waiting


def pairs(site: Site, status: str) -> list[dict]:
    """All pairs of this status as they leave the site."""
    return [json.loads(line) for line in site.manage("export_pairs", "--status", status).splitlines()]


def the_next_reply_has_the_new_version(page: Page, site: Site) -> None:
    say(page, "그럼 내일은 뭐부터 해야 돼?")
    wait_for_reply(page)
    written_by = site.shell(
        "from personas.chat.models import Reply; from personas.registry.models import AdapterVersion;"
        "[[version, weight]] = Reply.objects.latest('created_at').adapters;"
        "print(AdapterVersion.objects.get(pk=version), weight)"
    )
    assert written_by == "teto@v2 1.0\n"
