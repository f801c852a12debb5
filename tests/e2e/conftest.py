"""One site for all browser tests, and a browser."""

import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.pages import LONG_STORY, last_turn, say
from tests.e2e.pictures import forget_evidence, keep_evidence
from tests.e2e.site import Site, chromium_arguments

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Last of all: Playwright keeps an event loop in this thread, where Django's client could no longer start its own.
    items.sort(key=lambda item: "e2e" in item.path.parts)
    if os.environ.get("BROWSER_TESTS") == "skip":
        for item in items:
            if "e2e" in item.path.parts:
                item.add_marker(pytest.mark.skip(reason="BROWSER_TESTS=skip"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails leaves its pages in var/test-artifacts/: here they are still open."""
    report = yield
    browser = item.funcargs.get("browser") if isinstance(item, pytest.Function) else None
    if report.when == "call" and isinstance(browser, Browser):
        forget_evidence(item.name)
        if report.failed:
            keep_evidence(browser, item.name)
    return report


def system_chromium() -> str:
    """Path of this machine's Chromium."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert executable, "There is no Chromium: run scripts/browser.sh, or set BROWSER_TESTS=skip."
    return executable


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site with the real model, on free ports, in a folder of its own."""
    running = Site(tmp_path_factory.mktemp("site"), MIN_TRAINING_PAIRS="8", CURATION_OVERLAP="100")
    try:
        running.start()
        yield running
    finally:
        running.stop()


# The bare base rambles on to its last token, which leaves time for things to happen.
RAMBLER = """
from personas.registry.models import Persona
Persona.objects.update_or_create(slug="rambler", defaults=dict(
    name="수다", name_en="Rambler", tagline="말이 많다", tagline_en="Talks a lot", color="#555555",
    sampling={"max_new_tokens": 400, "temperature": 1.0, "repetition_penalty": 1.0}))
"""


@pytest.fixture(scope="session")
def rambling(site: Site) -> None:
    """/chat/rambler/ is there, a persona whose replies are long."""
    site.shell(RAMBLER)


@pytest.fixture
def rambler(page: Page, rambling: None) -> Page:
    """A page on which a long reply has begun."""
    page.goto("/chat/rambler/")
    say(page, LONG_STORY)
    expect(last_turn(page).locator('[id^="text-"]')).to_have_text(re.compile(r"\S{2,}"))
    return page


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web process alone."""
    running = Site(tmp_path_factory.mktemp("web"))
    try:
        running.start_web_alone()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def browser():
    """A real Chromium (the system's; `make test` installs it where it may)."""
    expect.set_options(timeout=30_000)  # two busy cores may let a page wait longer than the five seconds it has
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=list(chromium_arguments()))
        yield browser
        browser.close()


@pytest.fixture
def page(browser, site: Site):
    """A fresh visitor on a phone; anything the page's own scripts complain about fails the test."""
    context = browser.new_context(base_url=site.url, locale="ko-KR", viewport={"width": 390, "height": 844})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def visitor(browser, web: Site) -> Iterator[Callable[..., Page]]:
    """`visitor(1280, "dark")`: a page of a new visitor to the web process; with a cookie, of the one whose it is.

    What any of their scripts complains about fails the test.
    """
    contexts, complaints = [], []

    def come(width: int = 390, scheme: str = "light", cookie: str = "", scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=web.url,
            locale="ko-KR",
            viewport={"width": width, "height": 844},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        if cookie:
            context.add_cookies([{"name": "visitor", "value": cookie, "url": web.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield come
    for context in contexts:
        context.close()
    assert complaints == []
