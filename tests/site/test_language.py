"""The site speaks Korean to everyone, and English to those who chose it."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from config.languages import LanguageMiddleware

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(client: Client) -> Client:
    """A visitor who pressed "English"."""
    client.post("/i18n/setlang/", {"language": "en"})
    return client


def test_a_browser_that_asks_for_english_still_gets_korean(client):
    page = client.get("/", headers={"accept-language": "en-US,en;q=0.9"})
    assert page["Content-Language"] == "ko"
    assert '<html lang="ko">' in page.text
    assert "누구랑 얘기할래요?" in page.text


def test_who_chooses_english_gets_english_and_stays_on_the_page(client):
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/about/"})
    assert (answer.status_code, answer["Location"]) == (302, "/about/")
    page = client.get("/about/")
    assert page["Content-Language"] == "en"
    assert '<html lang="en">' in page.text
    assert "What is this?" in page.text


def test_the_choice_outlives_the_browser_and_can_be_taken_back(english):
    assert english.cookies[settings.LANGUAGE_COOKIE_NAME]["max-age"] == 365 * 24 * 3600
    english.post("/i18n/setlang/", {"language": "ko"})
    assert english.get("/")["Content-Language"] == "ko"


@pytest.mark.parametrize("value", ["fr", "en-XX", "", "../../etc"])
def test_a_cookie_that_means_nothing_here_gives_korean(client, value):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = value
    assert client.get("/")["Content-Language"] == "ko"


@pytest.mark.parametrize("address", ["/", "/about/", "/privacy/", "/nowhere/"])
def test_an_english_page_holds_no_korean_but_the_way_back(english, address):
    assert set(re.findall("[가-힣]+", english.get(address).text)) <= {"한국어"}


def test_the_switch_says_which_language_is_on(client):
    buttons = re.findall(
        r'<button name="language" value="(\w+)" lang="\w+"( aria-current="true")?>', client.get("/").text
    )
    assert buttons == [("ko", ' aria-current="true"'), ("en", "")]


def test_the_switch_needs_no_cookie_of_its_own():
    client = Client(enforce_csrf_checks=True)
    assert not client.get("/").cookies
    assert client.post("/i18n/setlang/", {"language": "en"}).status_code == 302
    assert client.get("/")["Content-Language"] == "en"


def test_the_chat_says_the_personas_name_and_tells_its_socket_the_language(english, egen):
    page = english.get("/chat/egen/").text
    assert "<h1>Egen</h1>" in page
    assert egen.tagline_en in page
    assert "?lang=en&amp;" in page


def test_one_visitors_language_does_not_reach_the_next(english):
    english.get("/")
    assert translation.get_language() == "ko"


async def test_it_works_without_threads(async_rf):
    seen = []

    async def page(request):
        seen.append((request.LANGUAGE_CODE, translation.get_language()))
        return HttpResponse()

    request = async_rf.get("/")
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = await LanguageMiddleware(page)(request)
    assert seen == [("en", "en")]
    assert response["Content-Language"] == "en"
    assert response["Vary"] == "Cookie"
    assert translation.get_language() == "ko"
