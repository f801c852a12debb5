"""Egen and teto in one: the shares that a reply is pinned to, the page with its slider, and what its votes teach."""

import re

import pytest
from django.db import IntegrityError
from django.urls import reverse

from personas.chat import errors
from personas.chat.log import log_of
from personas.chat.models import Conversation, Reply
from personas.chat.reply_lifecycle import reply_start
from personas.chat.services import blend_set, blend_start, reply_retry, turn_send
from personas.chat.voices import blended
from personas.curation.models import PreferencePair
from personas.registry.models import Persona
from personas.voting.services import comparison_open, vote_cast
from quiz.models import Result
from quiz.services import answer_record, attempt_start
from tests.quiz.conftest import quiz  # noqa: F401  a test to take
from tests.replies import finish

pytestmark = pytest.mark.django_db


@pytest.fixture
def blend(owner, personas) -> Conversation:
    """The owner's empty blend of 60 % egen."""
    return blend_start(visitor=owner, egen_percent=60)


@pytest.fixture
def result(quiz, owner) -> Result:  # noqa: F811
    """The owner's result of the test."""
    attempt = attempt_start(quiz=quiz, visitor_id=owner.pk)
    for question, answers in attempt.order:
        found = answer_record(attempt=attempt, question_id=question, answer_id=answers[0])
    return found


def answer(conversation: Conversation, message: str, text: str = "그랬구나. 자자.") -> Reply:
    return finish(turn_send(conversation=conversation, text=message).replies.get(), text)


def shares(reply: Reply) -> list[tuple[int, float]]:
    return [(version_id, weight) for version_id, weight in reply.adapters]


def voted(reply: Reply, owner) -> None:
    comparison = comparison_open(reply=reply)
    finish(reply.turn.replies.exclude(pk=reply.pk).get(), "다른 답")
    comparison.refresh_from_db()
    vote_cast(comparison=comparison, visitor=owner, choice="a")


def test_a_reply_is_pinned_to_both_champions_with_their_weights(blend, egen, teto):
    reply = answer(blend, "오늘 힘들었어")
    assert shares(reply) == [(egen.champion_id, 0.6), (teto.champion_id, 0.4)]
    job_reply = turn_send(conversation=blend, text="응").replies.get()
    job = reply_start(reply_id=str(job_reply.pk), attempt=1)
    assert job.adapters == shares(reply)


def test_the_weights_of_every_blend_sum_to_one(personas):
    for egen_percent in range(101):
        weights = [part.weight for part in blended(egen_percent)]
        assert sum(weights) == pytest.approx(1, abs=1e-9) and all(weights)


def test_the_slider_counts_from_the_next_reply_and_earlier_ones_keep_their_weights(blend, egen, teto):
    before = answer(blend, "오늘 힘들었어")
    blend_set(conversation=blend, egen_percent=5)
    after = answer(blend, "이제 뭐 하지")
    assert [weight for _version, weight in after.adapters] == [0.05, 0.95]
    assert [weight for _version, weight in Reply.objects.get(pk=before.pk).adapters] == [0.6, 0.4]
    assert (before.persona, after.persona) == (egen, teto)


def test_a_reply_being_written_is_not_changed_by_the_slider(blend):
    running = turn_send(conversation=blend, text="오늘 힘들었어").replies.get()
    blend_set(conversation=blend, egen_percent=5)
    assert shares(Reply.objects.get(pk=running.pk)) == shares(running)


def test_a_reply_written_again_takes_the_slider_of_now(blend):
    reply = answer(blend, "오늘 힘들었어")
    blend_set(conversation=blend, egen_percent=5)
    assert [weight for _version, weight in reply_retry(reply=reply).adapters] == [0.05, 0.95]


def test_what_stands_beside_a_reply_for_comparing_has_its_weights(blend, owner):
    reply = answer(blend, "오늘 힘들었어")
    blend_set(conversation=blend, egen_percent=5)
    comparison = comparison_open(reply=Reply.objects.get(pk=reply.pk))
    assert comparison.reply_a.adapters == comparison.reply_b.adapters == reply.adapters


def test_a_vote_between_blended_replies_counts_and_teaches_nobody(blend, owner):
    voted(answer(blend, "오늘 힘들었어"), owner)
    assert owner.votes.count() == 1
    assert not PreferencePair.objects.exists()


def test_at_the_end_of_the_scale_a_reply_is_one_personas_and_teaches_it(owner, teto):
    voted(answer(blend_start(visitor=owner, egen_percent=0), "오늘 힘들었어"), owner)
    pair = PreferencePair.objects.get()
    assert (pair.persona, pair.chosen_version, pair.rejected_version) == (teto, teto.champion, teto.champion)


def test_a_blended_and_an_undiluted_reply_make_no_pair(blend, owner, egen):
    reply = answer(blend, "오늘 힘들었어")
    comparison = comparison_open(reply=reply)
    other = finish(reply.turn.replies.exclude(pk=reply.pk).get(), "다른 답")
    Reply.objects.filter(pk=other.pk).update(adapters=[[egen.champion_id, 1.0]])
    comparison.refresh_from_db()
    vote_cast(comparison=comparison, visitor=owner, choice="b")
    assert not PreferencePair.objects.exists()


def test_the_form_says_that_a_blend_teaches_nobody_and_asks_for_no_consent(blend, owner, visit, conversation):
    for talk, words in ((blend, "누구의 학습에도 쓰지 않아요"), (conversation, "페르소나 학습에 써도 좋아요")):
        comparison = comparison_open(reply=answer(talk, "오늘 힘들었어"))
        finish(comparison.turn.replies.get(status="queued"), "다른 답")
        page = visit(owner).get(talk.get_absolute_url()).content.decode()
        assert words in page
        assert ('name="consent_asked"' in page) == (talk == conversation)


def test_where_only_one_champion_exists_the_base_has_the_other_share(blend, egen, teto):
    Persona.objects.filter(pk=teto.pk).update(champion=None)
    reply = answer(blend, "오늘 힘들었어")
    assert shares(reply) == [(egen.champion_id, 0.6)]
    [turn] = log_of(blend).turns
    assert turn.replies[0].speaker == "에겐 60% · 테토 40%"


def test_without_champions_the_louder_one_answers_alone_and_says_so(blend, egen):
    Persona.objects.update(champion=None)
    turn_send(conversation=blend, text="오늘 힘들었어")
    [turn] = log_of(blend).turns
    assert (turn.replies[0].speaker, turn.replies[0].look) == ("에겐이", "egen")
    job = reply_start(reply_id=str(turn.replies[0].reply.pk), attempt=1)
    assert (job.persona, job.style_prompt, job.adapters) == ("egen", egen.style_prompt, [])


def test_each_reply_on_the_page_says_how_it_was_mixed(blend, owner, visit):
    answer(blend, "오늘 힘들었어")
    blend_set(conversation=blend, egen_percent=5)
    answer(blend, "이제 뭐 하지")
    page = visit(owner).get(blend.get_absolute_url()).content.decode()
    assert re.findall(r'class="reply__speaker">([^<]+)<', page) == ["에겐 60% · 테토 40%", "에겐 5% · 테토 95%"]


@pytest.mark.parametrize("percent", [-1, 101])
def test_more_than_all_or_less_than_nothing_cannot_be_mixed(blend, owner, percent):
    with pytest.raises(errors.BlendInvalid):
        blend_set(conversation=blend, egen_percent=percent)
    with pytest.raises(errors.BlendInvalid):
        blend_start(visitor=owner, egen_percent=percent)


def test_the_database_refuses_a_blend_without_percents_and_percents_without_a_blend(blend, conversation):
    with pytest.raises(IntegrityError):
        Conversation.objects.filter(pk=conversation.pk).update(egen_percent=60)


def test_a_conversation_with_one_persona_has_nothing_to_mix(conversation):
    with pytest.raises(errors.BlendInvalid):
        blend_set(conversation=conversation, egen_percent=60)


def test_a_blend_needs_both_to_be_open(blend, owner, teto):
    Persona.objects.filter(pk=teto.pk).update(is_active=False)
    with pytest.raises(errors.PersonaClosed):
        turn_send(conversation=blend, text="안녕")
    with pytest.raises(errors.PersonaClosed):
        blend_start(visitor=owner, egen_percent=60)


# The page


def test_the_first_visit_begins_half_and_half(client, personas):
    page = client.get("/chat/blend/").content.decode()
    assert "섞은 AI" in page and "에겐 50% · 테토 50%" in page


def test_someone_who_took_the_test_begins_at_their_own_score(result, personas, owner, visit):
    page = visit(owner).get("/chat/blend/").content.decode()
    assert "나를 닮은 AI" in page
    assert f"에겐 {result.egen_percent}% · 테토 {result.teto_percent}%" in page


def test_the_result_page_leads_its_owner_to_their_own_blend(result, personas, owner, stranger, visit):
    address = f"/chat/blend/?blend={result.egen_percent}"
    assert address in visit(owner).get(f"/r/{result.token}/").content.decode()
    page = visit(owner).get(address, follow=True).content.decode()
    assert "나를 닮은 AI" in page
    assert address not in visit(stranger).get(f"/r/{result.token}/").content.decode()


def test_the_address_with_a_number_does_not_undo_the_slider(blend, owner, visit):
    answer(blend, "오늘 힘들었어")
    asked = visit(owner).get("/chat/blend/?blend=60")
    assert asked["Location"] == blend.get_absolute_url()
    blend_set(conversation=blend, egen_percent=30)
    assert "에겐 30% · 테토 70%" in visit(owner).get(asked["Location"]).content.decode()


def test_another_number_begins_another_blend_and_leaves_the_talk_of_the_first(blend, owner, visit):
    answer(blend, "오늘 힘들었어")
    other = visit(owner).get("/chat/blend/?blend=10")["Location"]
    assert other != blend.get_absolute_url()
    blend.refresh_from_db()
    assert blend.egen_percent == 60
    assert visit(owner).get("/chat/blend/?blend=20")["Location"] == other, "an empty one is used again"


@pytest.mark.parametrize("number", ["", "-1", "101", "60.5", "육십", "٦٠", "6" * 500, "60&blend=x"])
def test_a_number_that_is_none_is_passed_over(client, personas, number):
    page = client.get(f"/chat/blend/?blend={number}", follow=True)
    assert page.status_code == 200 and "에겐 50% · 테토 50%" in page.content.decode()


def test_a_new_conversation_keeps_the_mixture(blend, owner, visit):
    answer(blend, "오늘 힘들었어")
    fresh = visit(owner).post("/chat/blend/", follow=True).content.decode()
    assert "에겐 60% · 테토 40%" in fresh and "오늘 힘들었어" not in fresh
    assert owner.conversations.count() == 2


def test_the_slider_works_without_scripts(blend, owner, visit):
    address = reverse("blend-change", args=[blend.pk])
    answered = visit(owner).post(address, {"teto": "80"})
    assert answered["Location"] == blend.get_absolute_url()
    blend.refresh_from_db()
    assert blend.egen_percent == 20


def test_with_htmx_the_slider_brings_the_head_of_the_page(blend, owner, visit):
    address = reverse("blend-change", args=[blend.pk])
    html = visit(owner).post(address, {"teto": "80"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="chat-head"' in html and "에겐 20% · 테토 80%" in html
    refused = visit(owner).post(address, {"teto": "800"}, headers={"HX-Request": "true"}).content.decode()
    assert "0에서 100 사이" in refused and "에겐 20% · 테토 80%" in refused


def test_a_stranger_cannot_move_the_slider(blend, stranger, visit, client):
    address = reverse("blend-change", args=[blend.pk])
    assert client.post(address, {"teto": "80"}).status_code == 404
    assert visit(stranger).post(address, {"teto": "80"}).status_code == 404
    blend.refresh_from_db()
    assert blend.egen_percent == 60


def test_a_blend_is_not_the_chat_of_egen(blend, owner, visit):
    answer(blend, "섞어서 물어보기")
    assert "섞어서 물어보기" not in visit(owner).get("/chat/egen/").content.decode()
    listed = visit(owner).get("/chats/").content.decode()
    assert "에겐 60% · 테토 40%" in listed and "conversation--blend" in listed


def test_the_page_of_a_blend_is_closed_with_either_persona(owner, visit, teto):
    Persona.objects.filter(pk=teto.pk).update(is_active=False)
    assert visit(owner).get("/chat/blend/").status_code == 404


def test_a_shared_blend_says_what_it_is(blend, owner, visit, client):
    answer(blend, "오늘 힘들었어")
    visit(owner).post(reverse("share", args=[blend.pk]))
    page = client.get(blend.shared_links.get().get_absolute_url()).content.decode()
    assert "에겐 60% · 테토 40%" in page and "/chat/blend/" in page
