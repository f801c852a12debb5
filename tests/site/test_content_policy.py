"""Every answer carries a content security policy, and no page of ours needs more than it allows."""

import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.urls import get_resolver, reverse

from config.content_policy import site_policy
from personas.chat.services import arena_start, conversation_start, turn_send
from personas.sharing.services import link_make
from personas.voting.services import comparison_open
from quiz.matches.services import match_make
from quiz.models import Quiz
from quiz.services import answer_record, attempt_start
from quiz.teams.services import team_make
from tests.replies import finish

pytestmark = [pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
NEEDS_MORE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<base\b|<object\b|<iframe\b")


@pytest.fixture
def addresses(redis_server, owner, friend, egen, teto) -> dict[str, list]:
    """Every named address outside the admin, with what it needs to show something."""
    call_command("load_quizzes", verbosity=0)
    quiz = Quiz.objects.get(slug="developer")
    result = _take(quiz, owner)
    match = match_make(own=result, others=_take(quiz, friend))
    team = team_make(result=result, name="점심 모임", nickname="민트")
    conversation = conversation_start(visitor=owner, persona=egen)
    first = finish(turn_send(conversation=conversation, text="안녕").replies.get(), "**안녕**")
    link = link_make(conversation=conversation)
    comparison = comparison_open(reply=first)
    round_ = turn_send(conversation=arena_start(visitor=owner), text="안녕")
    for reply in round_.replies.all():
        finish(reply, "**안녕**")
    attempt_start(quiz=Quiz.objects.get(slug="general"), visitor_id=owner.pk)
    return {
        **dict.fromkeys(["landing", "about", "privacy", "conversations", "healthz", "readyz", "metrics"], []),
        **dict.fromkeys(["privacy-consent", "privacy-download", "privacy-delete", "set_language"], []),
        **dict.fromkeys(["quiz:start", "quiz:types", "quiz:begin"], ["general"]),
        "quiz:step": ["general", 1],
        **dict.fromkeys(["quiz:result", "quiz:card", "quiz:story", "quiz:match-make"], [result.token]),
        **dict.fromkeys(["quiz:match", "quiz:match-card", "quiz:match-delete"], [match.token]),
        "quiz:team-make": [result.token],
        **dict.fromkeys(
            ["quiz:team", "quiz:team-card", "quiz:team-join", "quiz:team-remove", "quiz:team-delete"], [team.token]
        ),
        "chat": ["egen"],
        **dict.fromkeys(["blend", "auto", "arena", "my-votes"], []),
        **dict.fromkeys(["arena-picture", "arena-png"], [round_.pk]),
        "vote-effect": [1],
        "fact-erase": [1],
        "facts-erase": [],
        **dict.fromkeys(["conversation", "conversation-rename", "conversation-delete"], [conversation.pk]),
        "blend-change": [conversation.pk],
        **dict.fromkeys(["share", "share-revoke"], [conversation.pk]),
        "shared": [link.token],
        **dict.fromkeys(["vote", "vote-reasons"], [comparison.pk]),
        **dict.fromkeys(["thumb", "thumb-reasons"], [first.pk]),
    }


def _take(quiz, visitor):
    attempt = attempt_start(quiz=quiz, visitor_id=visitor.pk)
    for question, answers in attempt.order:
        result = answer_record(attempt=attempt, question_id=question, answer_id=answers[0])
    return result


def _names(resolver, namespace: str = "") -> set[str]:
    names = {f"{namespace}{name}" for name in resolver.reverse_dict if isinstance(name, str)}
    for inner, (_prefix, below) in resolver.namespace_dict.items():
        if inner not in ("admin", "second-factor"):  # both have the admin's wider policy
            names |= _names(below, f"{inner}:")
    return names


def assert_allowed(answer) -> None:
    """The policy is there, every script has its nonce, and nothing on the page needs more."""
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "object-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    if answer["Content-Type"].startswith("text/html"):
        html = answer.content.decode()
        nonces = re.findall(r"'nonce-([^']+)'", policy)
        scripts = re.findall(r"<script\b[^>]*>", html)
        assert all(nonces and f'nonce="{nonces[0]}"' in script and "src=" in script for script in scripts), scripts
        assert not NEEDS_MORE.search(html)


def test_every_address_of_the_site(addresses, owner, visit):
    assert _names(get_resolver()) == set(addresses)
    browser = visit(owner)
    assert browser.get(reverse("blend"), follow=True).status_code == 200
    for name, arguments in addresses.items():
        assert_allowed(browser.get(reverse(name, args=arguments)))


def test_forms_and_errors(addresses, client):
    client.raise_request_exception = False
    assert_allowed(client.post(reverse("quiz:begin", args=["general"])))
    assert client.get("/nowhere/").status_code == 404
    assert_allowed(client.get("/nowhere/"))


def test_a_page_that_breaks(client, monkeypatch):
    monkeypatch.setattr("config.pages.published_quizzes", lambda: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert_allowed(answer)


def test_no_two_answers_share_a_nonce(redis_server, egen, client):
    policies = {client.get("/chat/egen/")["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3 and all("script-src 'nonce-" in policy for policy in policies)


def test_a_page_without_scripts_allows_none(client):
    policy = client.get("/about/")["Content-Security-Policy"]
    assert re.search(r"script-src *(;|$)", policy), policy


def test_sockets_of_the_sites_own_address_and_kakao_are_named_where_they_are_set():
    policy = site_policy(origins=["https://chat.example", "http://plain.example"], with_kakao=True)
    assert policy["connect-src"] == ["'self'", "wss://chat.example", "https://*.kakao.com"]
    assert policy["form-action"] == ["'self'", "https://*.kakao.com"]
    assert site_policy(origins=[], with_kakao=False)["connect-src"] == ["'self'"]


def test_the_admin_has_a_wider_one_that_still_loads_nothing_from_elsewhere(client, admin_user):
    assert "'unsafe-eval'" in client.get("/admin/login/")["Content-Security-Policy"]
    client.force_login(admin_user)
    models = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]
    for address in ["admin:index", *models]:
        answer = client.get(reverse(address))
        policy = answer["Content-Security-Policy"]
        assert answer.status_code == 200
        assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy and "http" not in policy


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_script_in_a_template_asks_for_the_nonce(path):
    scripts = re.findall(r"<script\b.{0,40}", path.read_text())
    assert all('nonce="{{ csp_nonce }}"' in script for script in scripts), scripts
