"""The page behind a result's link."""

import re

import pytest

from quiz.models import Answer, ResultType
from quiz.scoring import Kind


def test_the_link_opens_the_same_result_for_anyone(result, browser_of, owner, friend, client):
    shown = [someone.get(f"/r/{result.token}/") for someone in (browser_of(owner), browser_of(friend), client)]
    for page in shown:
        html = page.content.decode()
        assert result.type.name in html
        assert f'aria-label="에겐 {result.egen_percent}%, 테토 {result.teto_percent}%"' in html


def test_looking_at_a_result_makes_no_cookie(result, client):
    assert not client.get(f"/r/{result.token}/").cookies


def test_the_owner_may_share_and_a_friend_is_invited(result, browser_of, owner, friend):
    own, friends = (browser_of(who).get(f"/r/{result.token}/").content.decode() for who in (owner, friend))
    assert "공유하기" in own and "나도 해보기" not in own
    assert "나도 해보기" in friends and "공유하기" not in friends


def test_both_personas_are_one_tap_away(result, client):
    html = client.get(f"/r/{result.token}/").content.decode()
    assert 'href="/chat/egen/">에겐이랑 얘기하기' in html
    assert 'href="/chat/teto/">테토랑 얘기하기' in html


def test_the_preview_of_a_shared_link_names_the_type(result, client):
    html = client.get(f"/r/{result.token}/").content.decode()
    assert f'property="og:title" content="{result.type.name} — 에겐 {result.egen_percent}%' in html
    assert f'property="og:url" content="http://testserver/r/{result.token}/"' in html


def test_the_preview_of_a_shared_link_shows_the_card(result, client, card_address):
    html = client.get(f"/r/{result.token}/").content.decode()
    assert card_address(result).startswith(f"http://testserver/r/{result.token}/card.png?v=")
    assert f'<meta name="twitter:image" content="{card_address(result)}">' in html
    assert 'name="twitter:card" content="summary_large_image"' in html


def test_the_owner_may_save_the_tall_picture_and_a_friend_need_not(result, browser_of, owner, friend):
    own, friends = (browser_of(who).get(f"/r/{result.token}/").content.decode() for who in (owner, friend))
    link = f'href="http://testserver/r/{result.token}/story.png?v='
    assert link in own
    assert link not in friends


def test_nothing_of_kakao_is_loaded_without_a_key(result, browser_of, owner):
    assert "kakao" not in browser_of(owner).get(f"/r/{result.token}/").content.decode().lower()


def test_with_a_key_the_owner_gets_a_kakao_button_and_a_friend_no_script(result, browser_of, owner, friend, settings):
    settings.KAKAO_JS_KEY = "a-key-of-the-tests"
    own, friends = (browser_of(who).get(f"/r/{result.token}/").content.decode() for who in (owner, friend))
    assert 'data-key="a-key-of-the-tests"' in own
    assert re.search(r'<script nonce="[^"]+" src="https://t1\.kakaocdn\.net/[^"]+" integrity="sha384-', own)
    assert "kakao" not in friends.lower()


def test_the_privacy_page_says_that_kakao_is_asked_where_it_is(client, db, settings):
    assert "카카오" not in client.get("/privacy/").content.decode()
    settings.KAKAO_JS_KEY = "a-key-of-the-tests"
    assert "카카오의 스크립트" in client.get("/privacy/").content.decode()


def test_a_later_edit_of_the_weights_leaves_the_result_as_it_was(result, client):
    Answer.objects.update(egen=0, teto=9)
    html = client.get(f"/r/{result.token}/").content.decode()
    assert f"에겐 {result.egen_percent}%" in html


def test_a_made_up_link_is_not_found(result, client):
    assert client.get("/r/aaaaaaaaaaaaaaaa/").status_code == 404


@pytest.mark.parametrize("kind", Kind.values)
def test_every_type_has_a_page_with_its_portrait_its_match_and_its_clash(result, client, kind):
    result.type = result.attempt.quiz.types.get(kind=kind)
    result.save()
    html = client.get(f"/r/{result.token}/").content.decode()
    assert result.type.name in html
    assert html.count('class="character"') == 3


def test_a_type_that_curators_left_unfinished_has_a_page_without_the_missing_parts(result, client):
    ResultType.objects.update(how_to_talk="", lines="", worst_match="", worst_match_reason="")
    html = client.get(f"/r/{result.token}/").content.decode()
    assert "환상의 짝" in html
    assert [heading for heading in ("환장의 짝", "나랑 잘 얘기하는 법", "이런 사람, 혹시 나?") if heading in html] == []


def test_the_start_page_leads_back_to_the_last_result(result, browser_of, owner):
    html = browser_of(owner).get("/quiz/developer/").content.decode()
    assert f"/r/{result.token}/" in html
    assert "테스트 시작" in html


def test_tokens_cannot_be_counted_through(result):
    assert len(result.token) == 16
    assert str(result.pk) != result.token
