"""A real browser goes through every page and finds nothing that the content security policy forbids."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import take_the_test
from tests.e2e.site import Site

TALK = """
from django.contrib.auth.models import User
from config.visitors import signed
from personas.chat.reply_lifecycle import reply_finish, reply_start
from personas.chat.services import conversation_start, turn_send
from personas.privacy.models import Visitor
from personas.registry.models import Persona
from personas.sharing.services import link_make
from personas.voting.services import comparison_open
def finish(reply, text):
    reply_start(reply_id=str(reply.pk), attempt=1)
    reply_finish(reply_id=str(reply.pk), attempt=1, text=text, status="done", tokens=1)
    reply.refresh_from_db()
    return reply
visitor = Visitor.objects.create()
talk = conversation_start(visitor=visitor, persona=Persona.objects.get(slug="egen"))
first = finish(turn_send(conversation=talk, text="안녕").replies.get(), "**안녕** `git`\\n\\n- [문서](https://e.example)")
finish(comparison_open(reply=first).turn.replies.exclude(pk=first.pk).get(), "<img src=https://e.example/x.png>")
User.objects.create_superuser("boss", password="a password of the tests")
print(signed(visitor.pk), talk.pk, link_make(conversation=talk).token)
"""


@pytest.fixture(scope="module")
def talk(web: Site) -> tuple[str, str, str]:
    """The visitor's cookie, the conversation, and the link to it."""
    cookie, conversation, token = web.shell(TALK).split()
    return cookie, conversation, token


@pytest.fixture
def page(browser, web: Site, talk) -> Iterator[Page]:
    """A visitor's browser; whatever the policy forbids, or a script complains about, fails the test."""
    context = browser.new_context(base_url=web.url, locale="ko-KR", viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "visitor", "value": talk[0], "url": web.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert complaints == []


def test_the_pages_of_the_site(page: Page, talk):
    _cookie, conversation, token = talk
    for address in (
        "/",
        "/about/",
        "/privacy/",
        "/chats/",
        f"/chats/{conversation}/share/",
        f"/s/{token}/",
        "/nowhere/",
    ):
        page.goto(address)
        expect(page.get_by_role("heading").first).to_be_visible()
    take_the_test(page)
    expect(page.get_by_role("button", name="공유하기")).to_be_visible()


def test_the_chat_connects_votes_and_leafs(page: Page, talk):
    page.goto(f"/chats/{talk[1]}/")
    expect(page.get_by_role("log").locator("strong")).to_have_text("안녕")
    page.get_by_role("button", name="비슷해요").click()
    expect(page.get_by_text("골랐어요. 고마워요!")).to_be_visible()
    page.get_by_role("textbox", name="메시지").fill("첫 줄\n둘째 줄\n셋째 줄")
    page.get_by_role("button", name="보내기").click()
    expect(page.get_by_role("log").get_by_role("article")).to_have_count(2)
    page.get_by_role("button", name="멈추기").click()
    expect(page.get_by_role("log").get_by_text("여기서 멈췄어요.")).to_be_visible()


def test_what_slips_in_as_html_stays_dead(page: Page):
    """Not through our templates: put into the page by hand, as a hole in one of them would."""
    holed = page.context.new_page()
    forbidden: list[str] = []
    holed.on("console", lambda said: forbidden.append(said.text))
    holed.goto("/privacy/")
    holed.evaluate(
        """() => document.getElementById("main").innerHTML +=
        '<img src="x:" onerror="window.ran = 1"><img src="https://e.example/x.png">'"""
    )
    holed.wait_for_timeout(500)
    assert holed.evaluate("window.ran") is None
    assert any("img-src" in said for said in forbidden) and any("script-src" in said for said in forbidden)
