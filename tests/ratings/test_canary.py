"""A candidate against its champion: whose share of comparisons it gets, and what the votes say."""

import pytest
from scipy.stats import binomtest

from personas.ratings.canary import canary_tally
from personas.ratings.intervals import wilson_interval
from personas.registry.selectors import candidate_for_canary


@pytest.fixture
def pair(sora, make_version):
    """(champion, candidate) of the persona."""
    sora.champion, sora.candidate = make_version(sora), make_version(sora)
    sora.save()
    return sora.champion, sora.candidate


def test_votes_count_on_whichever_side_the_candidate_stood(sora, pair, cast):
    champion, candidate = pair
    cast("a", candidate, champion)
    cast("b", champion, candidate)
    cast("a", champion, candidate)
    cast("tie", champion, candidate)
    cast("both_bad", candidate, champion)
    tally = canary_tally(sora)
    assert (tally.wins, tally.losses, tally.ties, tally.both_bad) == (2, 1, 1, 1)
    assert tally.share == 3 / 5


def test_votes_between_others_do_not_count(sora, dodo, pair, cast, make_version):
    champion, candidate = pair
    cast("a", champion, champion)
    cast("a", make_version(sora), candidate)
    cast("a", make_version(dodo), make_version(dodo))
    assert canary_tally(sora).votes == 0


def test_few_votes_leave_it_open_and_many_decide(sora, pair, cast):
    champion, candidate = pair
    cast("a", candidate, champion)
    assert canary_tally(sora).verdict == "open"
    for _ in range(9):
        cast("b", champion, candidate)
    assert canary_tally(sora).verdict == "better"


def test_a_candidate_that_loses_is_worse(sora, pair, cast):
    for _ in range(10):
        cast("a", *pair)
    assert canary_tally(sora).verdict == "worse"


def test_without_a_candidate_there_is_nothing_to_tally(sora, pair):
    sora.candidate = None
    assert canary_tally(sora) is None


@pytest.mark.parametrize(("wins", "of"), [(0, 5), (3, 5), (50, 120), (7, 7)])
def test_the_interval_is_wilsons(wins, of):
    expected = binomtest(wins, of).proportion_ci(method="wilson")
    assert wilson_interval(wins, of) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_no_votes_could_mean_anything():
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("percent", "low", "high"), [(0, 0, 0), (100, 200, 200), (30, 30, 90)])
def test_the_candidate_gets_its_share_of_comparisons(sora, pair, percent, low, high):
    sora.canary_percent = percent
    sora.save()
    drawn = [candidate_for_canary(sora) for _ in range(200)]
    assert low <= sum(version == pair[1] for version in drawn) <= high


def test_a_candidate_for_another_base_is_never_compared(sora, pair):
    sora.canary_percent = 100
    sora.candidate.base_hash = "c" * 64
    sora.candidate.save()
    sora.save()
    assert candidate_for_canary(sora) is None


def test_a_candidate_that_has_just_been_promoted_is_none_any_more(sora, pair):
    sora.canary_percent = 100
    sora.save()
    type(sora).objects.filter(pk=sora.pk).update(candidate=None)
    assert candidate_for_canary(sora) is None
