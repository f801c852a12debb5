"""Landing, about, and the pages for when something is wrong."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from quiz.models import Quiz
from quiz.selectors import published_quizzes

PAGES = ["/", "/about/", "/quiz/developer/"]


def test_the_landing_page_offers_both_tests_and_both_personas(quiz, client):
    html = client.get("/").content.decode()
    for address in ("/quiz/general/", "/quiz/developer/", "/chat/egen/", "/chat/teto/"):
        assert f'href="{address}"' in html


def test_tests_are_offered_in_the_order_that_curators_gave_them(quiz):
    assert [found.slug for found in published_quizzes()] == ["general", "developer"]
    Quiz.objects.filter(slug="general").update(position=9)
    assert [found.slug for found in published_quizzes()] == ["developer", "general"]


def test_a_test_without_all_five_types_is_not_offered(quiz, client):
    quiz.types.first().delete()
    assert "/quiz/developer/" not in client.get("/").content.decode()


def test_about_says_that_it_is_play_and_names_the_base_model(client, db):
    html = client.get("/about/").content.decode()
    assert "과학이 아니라 놀이" in html
    assert "https://ai.google.dev/gemma/terms" in html


def test_about_does_not_claim_gemma_for_another_base(client, db, settings):
    settings.BASE_MODEL = "/srv/models/other"
    html = client.get("/about/").content.decode()
    assert "Gemma" not in html
    assert "/srv/models" not in html


@pytest.mark.parametrize("address", PAGES)
def test_every_page_says_that_replies_are_made_by_ai_and_links_the_small_print(quiz, client, address):
    footer = client.get(address).content.decode().partition("<footer")[2]
    assert "AI" in footer
    assert 'href="/about/"' in footer
    assert 'href="/privacy/"' in footer


@pytest.mark.parametrize("address", PAGES)
def test_no_page_needs_inline_scripts_or_styles(quiz, client, address):
    html = client.get(address).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_weighs_less_than_150_kb_without_fonts(quiz, client, address):
    html = client.get(address).content.decode()
    linked = re.findall(r'(?:src|href)="/static/((?:css|js|img)/[^"]+)"', html)
    assert len(html.encode()) + sum((settings.BASE_DIR / "static" / name).stat().st_size for name in linked) < 150_000


def test_a_missing_page_has_the_sites_own_look(client, db):
    page = client.get("/nowhere/")
    html = page.content.decode()
    assert page.status_code == 404
    assert "없는 주소다" in html
    assert "css/site.css" in html


@pytest.mark.parametrize("name", ["404.html", "500.html", "403_csrf.html"])
def test_error_pages_need_no_request_and_no_database(name):
    assert "wordmark" in render_to_string(name)


def test_the_fonts_are_small_and_carry_their_licences():
    files = list((Path(settings.BASE_DIR) / "static" / "fonts").iterdir())
    assert sum(path.stat().st_size for path in files) < 1_000_000
    assert {path.name for path in files if path.name.startswith("OFL")} == {"OFL-gowun-dodum.txt", "OFL-jua.txt"}
