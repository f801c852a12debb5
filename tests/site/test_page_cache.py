"""Pages for people without a cookie are rendered once in a while; nobody gets another's page."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_pages")]


def test_a_second_newcomer_costs_no_query(client, django_assert_num_queries):
    client.get("/")
    with django_assert_num_queries(0):
        assert Client().get("/").status_code == 200


def test_each_language_has_its_own(client):
    client.post("/i18n/setlang/", {"language": "en"})
    assert '<html lang="ko">' in Client().get("/").text
    assert '<html lang="en">' in client.get("/").text
    assert '<html lang="ko">' in Client().get("/").text


def test_made_up_queries_do_not_fill_the_cache(client):
    for number in range(5):
        client.get(f"/?x={number}")
    assert len([name for name in cache._cache if "cache_page" in name]) == 0


def test_who_is_known_gets_a_page_of_their_own(owner, visit):
    Client().get("/")
    assert "max-age" not in visit(owner).get("/").headers.get("Cache-Control", "")


def test_a_kept_page_runs_its_scripts_under_the_policy_that_comes_with_it(client):
    first, kept = client.get("/"), client.get("/")
    nonces = [set(re.findall(r'nonce="([^"]+)"', page.content.decode())) for page in (first, kept)]
    assert nonces[0] != nonces[1]
    for page, [nonce] in zip((first, kept), nonces, strict=True):
        assert f"'nonce-{nonce}'" in page.headers["Content-Security-Policy"]
        assert not [name for name in page.headers if "Nonce" in name]
