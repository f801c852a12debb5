"""One pair at a time: who gets which, and what comes next."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from personas.curation import errors
from personas.curation.deciding import decision_undo, pair_edit, pair_judge, pair_skip, pair_swap, pairs_approve
from personas.curation.leases import LEASE_TIME, lease_take
from personas.curation.models import Decision, Lease
from personas.curation.queue import persona_after, progress_of, queue_next


def log_of(pair) -> list[tuple[str, str]]:
    return list(pair.decisions.order_by("pk").values_list("deed", "by__username"))


def test_the_oldest_comes_first(make_pair, curator):
    first = make_pair()
    make_pair()
    assert queue_next(curator=curator) == first


def test_a_reload_shows_the_same_pair(make_pair, curator):
    make_pair(), make_pair()
    assert queue_next(curator=curator) == queue_next(curator=curator)
    assert Lease.objects.count() == 1


def test_two_curators_get_two_pairs(make_pair, curator, second):
    one, other = make_pair(), make_pair()
    assert (queue_next(curator=curator), queue_next(curator=second)) == (one, other)


def test_with_one_pair_left_the_other_curator_waits(make_pair, curator, second):
    make_pair()
    queue_next(curator=curator)
    assert queue_next(curator=second) is None


def test_a_lease_that_ran_out_is_anybodys(make_pair, curator, second):
    pair = make_pair()
    queue_next(curator=curator)
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert queue_next(curator=second) == pair
    with pytest.raises(errors.PairTaken):
        pair_judge(pair=pair.pk, deed="approve", by=curator)


def test_whose_lease_ran_out_may_still_decide_while_nobody_else_came(make_pair, curator):
    pair = make_pair()
    lease_take(pair=pair.pk, curator=curator)
    Lease.objects.update(until=timezone.now() - LEASE_TIME)
    assert pair_judge(pair=pair.pk, deed="approve", by=curator).status == "approved"


def test_who_takes_another_pair_gives_the_first_free(make_pair, curator, second):
    first, other = make_pair(), make_pair()
    lease_take(pair=first.pk, curator=curator)
    lease_take(pair=other.pk, curator=curator)
    assert queue_next(curator=second) == first


@pytest.mark.django_db(transaction=True)
def test_of_two_who_reach_for_one_pair_at_once_one_gets_it(make_pair, curator, second):
    pair, barrier, got = make_pair(), threading.Barrier(2), []

    def reach(user):
        barrier.wait(timeout=20)
        got.append(lease_take(pair=pair.pk, curator=user))
        connection.close()

    threads = [threading.Thread(target=reach, args=[user]) for user in (curator, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(got) == [False, True]


def test_a_bulk_deed_leaves_the_pair_alone_that_another_is_looking_at(make_pair, curator, second):
    looked_at, free = make_pair(), make_pair()
    lease_take(pair=looked_at.pk, curator=second)
    assert pairs_approve(pairs=[looked_at.pk, free.pk], by=curator) == [free]


def test_a_decision_brings_the_next_pair_and_a_line_in_the_log(make_pair, curator):
    first, other = make_pair(), make_pair()
    pair_judge(pair=first.pk, deed="reject", by=curator)
    assert queue_next(curator=curator) == other
    line = Decision.objects.get()
    assert (line.pair, line.by, line.before, line.after) == (
        first,
        curator,
        {"status": "pending"},
        {"status": "rejected"},
    )


def test_a_decided_pair_is_not_decided_again(make_pair, curator, second):
    pair = make_pair(status="approved")
    with pytest.raises(errors.AlreadyDecided):
        pair_judge(pair=pair.pk, deed="reject", by=curator)
    with pytest.raises(errors.AlreadyDecided):
        pair_swap(pair=pair.pk, by=curator)
    assert not Decision.objects.exists()


def test_a_skipped_pair_comes_after_all_others(make_pair, curator, second):
    first, other = make_pair(), make_pair()
    pair_skip(pair=first.pk, by=curator)
    assert queue_next(curator=curator) == other
    assert queue_next(curator=second) == first
    pair_judge(pair=other.pk, deed="approve", by=curator)
    Lease.objects.all().delete()
    assert queue_next(curator=curator) == first


def test_a_swap_turns_texts_versions_and_sampling(make_pair, versions, curator):
    one, two = versions
    draws = {"chosen": {"seed": 1}, "rejected": {"seed": 2}}
    pair = make_pair(chosen="가", rejected="나", chosen_version=one, rejected_version=two, sampling=draws)
    pair = pair_swap(pair=pair.pk, by=curator)
    assert (pair.chosen, pair.rejected, pair.chosen_version, pair.rejected_version) == ("나", "가", two, one)
    assert pair.sampling == {"chosen": {"seed": 2}, "rejected": {"seed": 1}}
    decision_undo(by=curator)
    pair.refresh_from_db()
    assert (pair.chosen, pair.chosen_version, pair.sampling) == ("가", one, draws)


def test_deeds_are_undone_one_after_the_other_and_stay_in_the_log(make_pair, curator):
    pair = make_pair(chosen="처음 답")
    pair_edit(pair=pair, chosen="고친 답", rejected=pair.rejected, by=curator)
    pair_judge(pair=pair.pk, deed="approve", by=curator)
    decision_undo(by=curator)
    pair.refresh_from_db()
    assert (pair.status, pair.chosen, pair.reviewed_by) == ("pending", "고친 답", None)
    decision_undo(by=curator)
    pair.refresh_from_db()
    assert pair.chosen == "처음 답"
    assert [deed for deed, _ in log_of(pair)] == ["edit", "approve", "undo", "undo"]
    with pytest.raises(errors.NothingToUndo):
        decision_undo(by=curator)


def test_undo_gives_the_pair_back_even_a_skipped_one(make_pair, curator):
    first, _other = make_pair(), make_pair()
    pair_skip(pair=first.pk, by=curator)
    queue_next(curator=curator)
    assert decision_undo(by=curator).pair == first
    assert queue_next(curator=curator) == first


def test_nobody_undoes_what_another_did_or_went_on_from(make_pair, curator, second):
    pair = make_pair(chosen="처음 답")
    pair_edit(pair=pair, chosen="고친 답", rejected=pair.rejected, by=curator)
    with pytest.raises(errors.NothingToUndo):
        decision_undo(by=second)
    Lease.objects.all().delete()
    pair_judge(pair=pair.pk, deed="approve", by=second)
    with pytest.raises(errors.UndoTooLate):
        decision_undo(by=curator)
    pair.refresh_from_db()
    assert (pair.chosen, pair.status) == ("고친 답", "approved")


def test_the_next_persona_is_one_whose_pairs_wait(make_pair, sora, dodo, curator):
    make_pair(), make_pair(persona=dodo, status="approved")
    assert persona_after(None, curator=curator) == sora
    assert persona_after(sora, curator=curator) is None


def test_progress_counts_what_is_left_done_and_the_pace(make_pair, curator):
    pairs = [make_pair() for _ in range(8)]
    assert progress_of(curator=curator).pace is None
    for pair in pairs[:5]:
        pair_judge(pair=pair.pk, deed="approve", by=curator)
    for minute, line in enumerate(Decision.objects.order_by("pk")):
        Decision.objects.filter(pk=line.pk).update(created_at=timezone.now() - timedelta(minutes=4 - minute))
    progress = progress_of(curator=curator)
    assert (progress.left, progress.pace, progress.minutes_left) == (3, 10, 3)


def test_a_leaving_visitor_takes_pair_and_log_along(make_pair, owner, curator):
    pair = make_pair(visitor=owner)
    pair_judge(pair=pair.pk, deed="approve", by=curator)
    owner.delete()
    assert not Decision.objects.exists()
