"""A thumb on one reply, by keyboard, on the page as people have it."""

from playwright.sync_api import Page, expect

from config.visitors import COOKIE
from tests.e2e.site import Site

SEED = """
from django.db import transaction
from config.visitors import signed
from personas.chat.reply_lifecycle import reply_finish, reply_start
from personas.chat.services import conversation_start, turn_send
from personas.privacy.models import Visitor
from personas.registry.models import Persona
visitor = Visitor.objects.create()
talk = conversation_start(visitor=visitor, persona=Persona.objects.get(slug="egen"))
with transaction.atomic():  # when the worker hears of it, it is written
    reply = turn_send(conversation=talk, text="응 고마워").replies.get()
    reply_start(reply_id=str(reply.pk), attempt=1)
    reply_finish(reply_id=str(reply.pk), attempt=1, text="언제든 얘기해~", status="done", tokens=5)
print(signed(visitor.pk), talk.pk)
"""


def test_it_is_given_explained_and_taken_back_and_the_focus_stays(page: Page, site: Site):
    cookie, conversation = site.shell(SEED).split()
    page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": site.url}])
    page.goto(f"/chats/{conversation}/")
    good = page.get_by_role("button", name="좋아요", exact=True)
    good.press("Enter")
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(good).to_be_focused()
    page.get_by_role("checkbox", name="도움이 돼요").check()
    expect(page.locator(".reasons__said")).to_have_text("적어 두었어요. 고마워요!")
    page.reload()
    expect(page.get_by_role("checkbox", name="도움이 돼요")).to_be_checked()
    good.press("Enter")
    expect(good).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_text("도움이 돼요")).to_have_count(0)
