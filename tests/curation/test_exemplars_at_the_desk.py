"""Curators see what a reply read, and let pairs in: at the desk, in the list, one or many."""

import pytest
from django.urls import reverse

from personas.curation.models import Decision, PreferencePair
from personas.thumbs.models import Thumb

READ = {"id": "food-012", "persona": "sora", "said": "배고파 죽겠어", "reply": "뭐 먹을래?"}
TAKEN_BACK = {"id": "pair-12-3fa9c1", "persona": "sora"}
QUEUE = "/admin/curation/preferencepair/queue/"


@pytest.fixture
def desk(client, curator):
    client.force_login(curator)
    return client


def press(desk, **pressed):
    """A key at the desk; the pair comes from the page, as the form's field has it."""
    page = desk.get(QUEUE)
    fields = {"pair": page.context["pair"].pk if page.context["pair"] else ""}
    if page.context["offered"]:
        fields["offered"] = page.context["offered"].pk
    return desk.post(QUEUE, {**fields, **pressed}, headers={"HX-Request": "true"})


def test_the_desk_shows_what_the_chosen_reply_read(desk, make_pair):
    make_pair(exemplars=[READ, TAKEN_BACK])
    html = desk.get(QUEUE).content.decode()
    for words in ("참고한 예시", "food-012", "배고파 죽겠어", "뭐 먹을래?", "pair-12-3fa9c1", "내용은 지워졌습니다"):
        assert words in html


def test_where_nothing_was_read_the_desk_says_nothing_of_it(desk, make_pair):
    make_pair()
    assert "참고한 예시" not in desk.get(QUEUE).content.decode()


def test_a_pairs_own_page_shows_it_too(desk, make_pair):
    pair = make_pair(exemplars=[READ])
    html = desk.get(reverse("admin:curation_preferencepair_change", args=[pair.pk])).content.decode()
    assert "food-012" in html
    assert "배고파 죽겠어" in html


def test_so_does_a_thumbs(client, admin_user, turn, owner, sora):
    reply = turn.replies.create(number=5, status="done", text="응", persona=sora, exemplars=[READ])
    thumb = Thumb.objects.create(reply=reply, visitor=owner, direction="up", persona=sora)
    client.force_login(admin_user)
    html = client.get(reverse("admin:thumbs_thumb_change", args=[thumb.pk])).content.decode()
    assert "food-012" in html
    assert "배고파 죽겠어" in html


def test_a_pair_just_approved_is_offered_and_let_in_by_a_key(desk, make_pair):
    pair, waiting = make_pair(), make_pair()
    assert "예시로 넣기" not in desk.get(QUEUE).content.decode()
    assert press(desk, deed="approve").context["offered"] == pair
    answer = press(desk, deed="let_in")
    assert "예시로 넣었습니다" in answer.content.decode()
    assert answer.context["pair"] == waiting
    pair.refresh_from_db()
    assert pair.is_exemplar


def test_the_same_key_takes_it_out_again(desk, make_pair):
    pair = make_pair()
    press(desk, deed="approve"), press(desk, deed="let_in")
    assert "예시에서 뺐습니다" in press(desk, deed="take_out").content.decode()
    pair.refresh_from_db()
    assert not pair.is_exemplar


def test_undo_takes_back_the_letting_in_first_and_then_the_approval(desk, make_pair):
    pair, waiting = make_pair(), make_pair()
    press(desk, deed="approve"), press(desk, deed="let_in")
    assert press(desk, deed="undo").context["pair"] == waiting
    pair.refresh_from_db()
    assert (pair.is_exemplar, pair.status) == (False, "approved")
    assert press(desk, deed="undo").context["pair"] == pair
    pair.refresh_from_db()
    assert pair.status == "pending"


def test_after_a_rejection_nothing_is_offered(desk, make_pair):
    make_pair(), make_pair()
    press(desk, deed="approve")
    assert press(desk, deed="reject").context["offered"] is None


def test_a_pair_without_consent_is_not_offered_and_the_key_says_why(desk, make_pair, stranger):
    pair = make_pair(visitor=stranger)
    assert press(desk, deed="approve").context["offered"] is None
    answer = press(desk, deed="let_in", offered=pair.pk)
    assert "학습에 동의" in answer.content.decode()
    pair.refresh_from_db()
    assert not pair.is_exemplar


def test_many_are_let_in_from_the_list_after_a_preview(desk, make_pair, stranger):
    fit = [make_pair(status="approved") for _ in range(2)]
    unfit = [make_pair(), make_pair(status="approved", visitor=stranger)]
    ids = [pair.pk for pair in (*fit, *unfit)]
    preview = desk.post(
        reverse("admin:curation_preferencepair_changelist"), {"action": "let_in", "_selected_action": ids}
    )
    assert [pair.pk for pair in preview.context["rows"]] == [pair.pk for pair in fit]
    assert not PreferencePair.objects.filter(is_exemplar=True).exists()
    done = desk.post(reverse("admin:curation_bulk"), {"deed": "let_in", "ids": preview.context["ids"]}, follow=True)
    assert "2쌍을 예시로 넣었습니다. 예시로 쓸 수 없거나 이미 그런 2쌍은 그대로 두었습니다." in done.content.decode()
    assert set(PreferencePair.objects.filter(is_exemplar=True)) == set(fit)


def test_and_taken_out_again(desk, make_pair):
    pair = make_pair(status="approved", is_exemplar=True)
    desk.post(reverse("admin:curation_bulk"), {"deed": "take_out", "ids": str(pair.pk)})
    pair.refresh_from_db()
    assert not pair.is_exemplar
    assert Decision.objects.get().deed == "take_out"


def test_the_log_says_it_in_words(client, admin_user, make_pair, curator):
    Decision.objects.create(
        pair=make_pair(), by=curator, deed="let_in", before={"is_exemplar": False}, after={"is_exemplar": True}
    )
    client.force_login(admin_user)
    html = client.get(reverse("admin:curation_decision_changelist")).content.decode()
    assert "예시로 씀: 아니요" in html
    assert "예시로 씀: 예" in html
