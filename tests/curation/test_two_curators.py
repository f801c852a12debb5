"""Two curators judge one pair, each without the other; a third settles what they disagree on."""

import random

import pytest
from django.contrib.auth.models import Permission
from sklearn.metrics import cohen_kappa_score

from personas.curation import errors
from personas.curation.agreement import agreements, cohens_kappa
from personas.curation.deciding import (
    decision_undo,
    deed_preview,
    pair_judge,
    pair_settle,
    pairs_approve,
    pairs_reopen,
)
from personas.curation.queue import queue_next
from personas.curation.services import opinions_to_ask

PAGE = "/admin/curation/preferencepair/agreement/"


@pytest.fixture
def disputed(make_pair, curator, second):
    pair = make_pair(opinions_wanted=2)
    pair_judge(pair=pair.pk, deed="approve", by=curator)
    return pair_judge(pair=pair.pk, deed="reject", by=second)


def test_the_setting_says_how_many_pairs_two_judge(settings):
    settings.CURATION_OVERLAP = 0
    assert {opinions_to_ask() for _ in range(200)} == {1}
    settings.CURATION_OVERLAP = 100
    assert {opinions_to_ask() for _ in range(200)} == {2}


def test_the_first_opinion_decides_nothing_and_is_not_asked_for_again(make_pair, curator, second):
    pair = make_pair(opinions_wanted=2)
    assert pair_judge(pair=pair.pk, deed="approve", by=curator).status == "pending"
    assert queue_next(curator=curator) is None
    assert queue_next(curator=second) == pair
    with pytest.raises(errors.AlreadyDecided):
        pair_judge(pair=make_pair(status="approved").pk, deed="approve", by=curator)


def test_nobody_gives_both_opinions(make_pair, curator):
    pair = make_pair(opinions_wanted=2)
    pairs_approve(pairs=[pair.pk], by=curator)
    assert pairs_approve(pairs=[pair.pk], by=curator) == []
    pair.refresh_from_db()
    assert pair.status == "pending"


def test_two_equal_opinions_decide(make_pair, curator, second):
    pair = make_pair(opinions_wanted=2)
    pairs_approve(pairs=[pair.pk], by=curator)
    [decided] = pairs_approve(pairs=[pair.pk], by=second)
    assert (decided.status, decided.reviewed_by) == ("approved", second)


def test_a_third_settles_a_disagreement_and_neither_of_the_two(disputed, curator, second, third):
    assert disputed.status == "disputed"
    for one in (curator, second):
        with pytest.raises(errors.OwnDispute):
            pair_settle(pair=disputed.pk, deed="approve", by=one)
    assert pair_settle(pair=disputed.pk, deed="approve", by=third).status == "approved"
    with pytest.raises(errors.NotDisputed):
        pair_settle(pair=disputed.pk, deed="reject", by=third)


def test_an_opinion_that_is_undone_counts_no_more(disputed, second):
    decision_undo(by=second)
    disputed.refresh_from_db()
    assert disputed.status == "pending"
    assert queue_next(curator=second) == disputed


def test_who_comes_first_cannot_undo_once_the_other_has_spoken(disputed, curator):
    with pytest.raises(errors.UndoTooLate):
        decision_undo(by=curator)


def test_a_reopened_pair_asks_both_again(disputed, curator, second, third):
    pairs_reopen(pairs=[disputed.pk], by=third)
    assert queue_next(curator=curator) == disputed
    assert pair_judge(pair=disputed.pk, deed="approve", by=curator).status == "pending"
    assert pair_judge(pair=disputed.pk, deed="approve", by=second).status == "approved"


def test_the_card_tells_the_second_nothing_of_the_first(client, make_pair, curator, second):
    pair = make_pair(opinions_wanted=2)
    pair_judge(pair=pair.pk, deed="reject", by=curator)
    client.force_login(second)
    page = client.get("/admin/curation/preferencepair/queue/").content.decode()
    assert f'data-pair="{pair.pk}"' in page and "curator" not in page


def test_a_preview_says_where_pairs_would_end(make_pair, curator, second):
    half, plain, done = make_pair(opinions_wanted=2), make_pair(), make_pair(status="approved")
    pair_judge(pair=half.pk, deed="reject", by=second)
    preview = deed_preview(pairs=[half.pk, plain.pk, done.pk], deed="approve", by=curator)
    assert (preview.pairs, preview.left) == ([half, plain], 1)
    assert [(str(one["label"]), one["count"]) for one in preview.outcomes] == [("의견 갈림", 1), ("승인", 1)]
    plain.refresh_from_db()
    assert plain.status == "pending"


def test_kappa_is_what_scikit_learn_says():
    drawn = random.Random(5)
    for _ in range(20):
        said = [(word := drawn.choice("ab"), word if drawn.random() < 0.7 else drawn.choice("ab")) for _ in range(80)]
        kappa, _error = cohens_kappa(said)
        assert kappa == pytest.approx(cohen_kappa_score(*zip(*said, strict=True)))


def test_kappa_of_cohens_own_example_and_of_those_who_always_say_the_same():
    """Forty patients: both yes 20, both no 15, the rest apart (kappa 0.4, error as Fleiss gives it for this form)."""
    said = [("y", "y")] * 20 + [("n", "n")] * 15 + [("y", "n")] * 5 + [("n", "y")] * 10
    kappa, error = cohens_kappa(said)
    assert kappa == pytest.approx(0.4) and error == pytest.approx(0.1296, abs=1e-4)
    assert cohens_kappa([("y", "y")] * 9) == (None, None)


def test_agreement_is_counted_by_two(disputed, make_pair, curator, second):
    for _ in range(3):
        pair = make_pair(opinions_wanted=2)
        pairs_approve(pairs=[pair.pk], by=curator)
        pairs_approve(pairs=[pair.pk], by=second)
    [agreement] = agreements()
    assert (agreement.people, agreement.judged, agreement.percent) == (("curator", "second"), 4, 75)


def test_only_who_may_adjudicate_sees_the_disagreements(client, disputed, second, third):
    third.user_permissions.set(
        Permission.objects.filter(codename__in=["change_preferencepair", "adjudicate_preferencepair"])
    )
    client.force_login(second)
    assert "조정할 쌍" not in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"pair": disputed.pk, "deed": "approve"}).status_code == 403
    client.force_login(third)
    assert f"<b>#{disputed.pk}</b>" in client.get(PAGE).content.decode()
    assert "승인했습니다." in client.post(PAGE, {"pair": disputed.pk, "deed": "approve"}, follow=True).content.decode()
    disputed.refresh_from_db()
    assert disputed.status == "approved"
