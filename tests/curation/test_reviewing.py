import pytest
from django.core.exceptions import ValidationError

from personas.curation.deciding import pair_edit, pairs_approve, pairs_reject, pairs_reopen
from personas.curation.models import PreferencePair


def test_approving_records_who_and_when(make_pair, curator):
    pair = make_pair()
    assert len(pairs_approve(pairs=[pair.pk], by=curator)) == 1
    pair.refresh_from_db()
    assert (pair.status, pair.reviewed_by) == ("approved", curator)
    assert pair.reviewed_at is not None


def test_nothing_is_decided_twice(make_pair, curator):
    pair = make_pair()
    assert len(pairs_approve(pairs=[pair.pk], by=curator)) == 1
    assert len(pairs_reject(pairs=[pair.pk], by=curator)) == 0
    pair.refresh_from_db()
    assert pair.status == "approved"


def test_a_decision_can_be_taken_back_and_made_again(make_pair, curator):
    pair = make_pair()
    pairs_reject(pairs=[pair.pk], by=curator)
    assert len(pairs_reopen(pairs=[pair.pk], by=curator)) == 1
    pair.refresh_from_db()
    assert (pair.status, pair.reviewed_by, pair.reviewed_at) == ("pending", None, None)
    assert len(pairs_approve(pairs=[pair.pk], by=curator)) == 1


def test_every_decision_stays_in_the_history(make_pair, curator):
    pair = make_pair()
    pairs_approve(pairs=[pair.pk], by=curator)
    pairs_reopen(pairs=[pair.pk], by=curator)
    pairs_reject(pairs=[pair.pk], by=curator)
    entries = list(pair.history.values_list("status", "history_user__username"))
    assert entries == [("rejected", "curator"), ("pending", "curator"), ("approved", "curator"), ("pending", None)]


def test_a_bulk_decision_leaves_the_decided_ones_alone(make_pair, curator):
    pairs = [make_pair() for _ in range(3)] + [make_pair(status="rejected")]
    assert len(pairs_approve(pairs=[pair.pk for pair in pairs], by=curator)) == 3
    assert PreferencePair.objects.filter(status="rejected").count() == 1


def test_an_edit_keeps_the_earlier_wording(make_pair, curator):
    pair = make_pair(chosen="처음 답")
    pair_edit(pair=pair, chosen=" 고친 답 ", rejected=pair.rejected, by=curator)
    pair.refresh_from_db()
    assert pair.chosen == "고친 답"
    newest, first = pair.history.all()
    assert (first.chosen, newest.chosen, newest.history_user) == ("처음 답", "고친 답", curator)


@pytest.mark.parametrize(("chosen", "rejected"), [("", "나쁜 답"), ("좋은 답", " "), ("같은 답", " 같은 답")])
def test_an_edit_that_leaves_nothing_to_learn_is_refused(make_pair, curator, chosen, rejected):
    pair = make_pair()
    with pytest.raises(ValidationError):
        pair_edit(pair=pair, chosen=chosen, rejected=rejected, by=curator)
    pair.refresh_from_db()
    assert pair.history.count() == 1
