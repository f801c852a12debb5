"""What is known of a visitor, read and erased on /privacy/ on a phone, with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pictures import keep_pictures
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

TELLS = """
from config.visitors import signed
from personas.chat.services import conversation_start
from personas.memory.services import facts_note
from personas.privacy.models import Visitor
from personas.registry.models import Persona
teller = Visitor.objects.create()
talk = conversation_start(visitor=teller, persona=Persona.objects.get(slug="egen"))
for text in (
    "나 지민이야",
    "우리 고양이 이름은 나비야",
    "나 12월 25일에 제주도 여행 가",
    "나는 아이스 아메리카노 좋아해",
):
    facts_note(visitor=teller, text=text, conversation_id=talk.pk)
print("cookie", signed(teller.pk))
"""


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request, visitor, web: Site) -> Page:
    """/privacy/ before a visitor who told four things, on a phone."""
    cookie = re.search(r"cookie (\S+)", web.shell(TELLS))
    assert cookie
    page = visitor(390, cookie=cookie[1], scripts=request.param)
    page.goto("/privacy/")
    return page


def test_what_is_known_is_erased_one_by_one_and_all_together(page: Page):
    known = page.locator(".known__value")
    expect(known).to_have_text(["지민", "고양이 나비", "12월 25일 제주도 여행", "아이스 아메리카노"])
    keep_pictures(page, "known-facts")

    page.get_by_role("button", name="‘고양이 나비’ 잊기").click()
    expect(page.get_by_role("status")).to_have_text("잊었어요.")
    expect(known).to_have_text(["지민", "12월 25일 제주도 여행", "아이스 아메리카노"])

    page.get_by_role("button", name="기억하는 것 모두 잊기").click()
    expect(page.get_by_role("status")).to_have_text("모두 잊었어요.")
    expect(known).to_have_count(0)
    expect(page.get_by_role("heading", name="나에 대해 기억하는 것")).to_be_visible()
