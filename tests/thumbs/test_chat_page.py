"""The two small buttons beside a reply, and what they bring."""

import re

import pytest
from django.urls import reverse

from personas.chat.log import log_of
from personas.privacy.models import Visitor
from personas.thumbs.models import Thumb
from personas.thumbs.services import thumb_give
from personas.voting.services import comparison_open

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def press(browser, reply, direction, **extra):
    return browser.post(reverse("thumb", args=[reply.pk]), {"direction": direction}, **extra)


def pressed(html: str) -> dict[str, str]:
    """Of each button, whether it is pressed, and what pressing it now would send."""
    buttons = re.findall(r'id="thumb-(up|down)-[^"]*" name="direction" value="(\w*)" aria-pressed="(\w+)"', html)
    return {name: (state, value) for name, value, state in buttons}


def test_a_finished_reply_has_two_buttons_of_which_none_is_pressed(reply, owner, visit):
    page = visit(owner).get("/chat/sora/").content.decode()
    assert pressed(page) == {"up": ("false", "up"), "down": ("false", "down")}
    assert "thumb-reasons" not in page and "reasons__chips" not in page


def test_pressing_one_shows_it_pressed_with_reasons_and_the_question_of_consent(reply, owner, visit):
    html = press(visit(owner), reply, "up", headers=HTMX).content.decode()
    assert pressed(html) == {"up": ("true", ""), "down": ("false", "down")}
    assert 'value="understood"' in html and 'name="consent"' in html and 'name="consent" checked' not in html
    assert "어떤 점이 좋았어요?" in html


def test_pressing_it_again_takes_it_back(reply, owner, visit):
    press(visit(owner), reply, "down", headers=HTMX)
    html = press(visit(owner), reply, "", headers=HTMX).content.decode()
    assert pressed(html)["down"] == ("false", "down") and not Thumb.objects.exists()


def test_reasons_and_consent_are_kept(reply, owner, visit):
    press(visit(owner), reply, "down")
    said = {"consent_asked": "1", "consent": "on", "reason": ["off_topic"]}
    answer = visit(owner).post(reverse("thumb-reasons", args=[reply.pk]), said, headers=HTMX)
    assert answer.content.decode() == "적어 두었어요. 고마워요!"
    assert Thumb.objects.get().reasons == ["off_topic"]
    assert Visitor.objects.get(pk=owner.pk).may_train
    page = visit(owner).get("/chat/sora/").content.decode()
    assert 'value="off_topic" checked' in page and 'name="consent" checked' in page


def test_without_scripts_it_leads_back_to_the_talk_and_says_what_was_refused(reply, owner, visit):
    answer = press(visit(owner), reply, "sideways")
    assert answer.status_code == 302
    assert "하나를 눌러 주세요" in visit(owner).get(answer["Location"]).content.decode()


def test_a_stranger_touches_nobodys_thumbs(reply, owner, stranger, visit):
    thumb_give(reply=reply, visitor=owner, direction="up")
    assert press(visit(stranger), reply, "down").status_code == 404
    assert visit(stranger).post(reverse("thumb-reasons", args=[reply.pk]), {}).status_code == 404
    assert Thumb.objects.get().direction == "up"


def test_there_is_nothing_to_explain_before_the_thumb(reply, owner, visit):
    assert visit(owner).post(reverse("thumb-reasons", args=[reply.pk]), {"reason": "useful"}).status_code == 404


def test_two_answers_side_by_side_have_none(reply, owner, visit):
    thumb_give(reply=reply, visitor=owner, direction="up")
    comparison_open(reply=reply)
    page = visit(owner).get("/chat/sora/").content.decode()
    assert pressed(page) == {} and "reasons__chips" not in page


def test_a_page_that_reconnects_hears_of_a_thumb_from_another_tab(reply, owner, conversation):
    before = log_of(conversation).version
    thumb_give(reply=reply, visitor=owner, direction="up")
    assert log_of(conversation).version != before


def test_thumbs_cost_a_long_talk_no_further_questions(reply, owner, conversation, django_assert_max_num_queries):
    thumb_give(reply=reply, visitor=owner, direction="up")
    with django_assert_max_num_queries(12):
        assert log_of(conversation).turns[0].thumb.is_up
