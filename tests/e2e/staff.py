"""What curators and operators do in the admin, in the words on screen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.site import Site

PASSWORD = "a long password of the tests"
OPERATOR = "운영자"
CURATOR = "큐레이터"

HIRE = """
from django.contrib.auth.models import Group, User
for name, role in {roles!r}.items():
    User.objects.create_user(name, password={password!r}, is_staff=True).groups.add(Group.objects.get(name=role))
"""


@contextmanager
def staff_of(browser: Browser, site: Site, roles: dict[str, str]) -> Iterator[dict[str, Page]]:
    """Hire these people ({name: role}); each comes back as a page of their own, logged in."""
    site.shell(HIRE.format(roles=roles, password=PASSWORD))
    contexts = [browser.new_context(base_url=site.url, locale="ko-KR") for _ in roles]
    try:
        yield {name: _logged_in(context, name) for name, context in zip(roles, contexts, strict=True)}
    finally:
        for context in contexts:
            context.close()


@contextmanager
def at_the_desk(browser: Browser, site: Site, name: str, address: str, height: int = 900) -> Iterator[Page]:
    """A page of the admin before somebody who has logged in with PASSWORD; a complaint of its scripts is a failure."""
    context = browser.new_context(base_url=site.url, locale="ko-KR", viewport={"width": 1280, "height": height})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    _log_in(page, name)
    yield page
    context.close()
    assert complaints == []


def _logged_in(context: BrowserContext, name: str) -> Page:
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/admin/")
    _log_in(page, name)
    return page


def _log_in(page: Page, name: str) -> None:
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page.locator("input[name=password]")).to_have_count(0)


def judge(page: Page, found_by: str, deed: str) -> str:
    """Do this ("승인", "거절") to every pair that the list shows for `found_by`; what the desk says about it."""
    page.goto(f"/admin/curation/preferencepair/?{found_by}")
    page.locator("#action-toggle").check()
    everything = page.locator(".actions .question a")  # a long list has more than one page
    if everything.is_visible():
        everything.click()
    page.locator("select[name=action]").select_option(label=deed)
    page.locator("button[name=index]").click()
    page.get_by_role("button", name=f"{deed} 확정").click()
    said = page.get_by_text(re.compile(rf"\d+쌍을 {deed}했습니다"))
    expect(said).to_be_visible()
    return said.inner_text()


def press_and_confirm(page: Page, name: str, confirm: str, said: str) -> None:
    """A button at the head of an admin page that asks before it acts, and what the page says afterwards."""
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name=confirm, exact=True).click()
    expect(page.get_by_text(said)).to_be_visible()
