"""The ratings' arithmetic, on made-up votes whose strengths are known."""

import numpy as np
import pytest

from personas.ratings.bradley_terry import ELO, MIDDLE, Votes, bootstrap, fit, interval

STRENGTHS = np.array([0.8, 0.2, -1.0])


def made_up(count: int, strengths=STRENGTHS, style_worth: float = 0.0, longer: int | None = None) -> Votes:
    """Votes of as many people, drawn as Bradley and Terry say. The player `longer` writes the longer reply."""
    draw = np.random.default_rng(1)
    pairs = np.array([draw.choice(len(strengths), 2, replace=False) for _ in range(count)])
    left, right = pairs[:, 0], pairs[:, 1]
    style = draw.normal(0, 0.3, (count, 1)) + 0.5 * ((left == longer).astype(float) - (right == longer))[:, None]
    chance = 1 / (1 + np.exp(-(strengths[left] - strengths[right] + style_worth * style[:, 0])))
    won = (draw.random(count) < chance).astype(float)
    return Votes(left, right, won, style, np.arange(count))


def test_known_strengths_are_found_again():
    found = fit(made_up(6000).without_style(), 3)
    assert found.strengths == pytest.approx(STRENGTHS - STRENGTHS.mean(), abs=0.1)
    assert found.ratings.mean() == pytest.approx(MIDDLE)


def test_the_intervals_hold_the_truth_and_shrink_with_more_votes():
    truth = MIDDLE + ELO * (STRENGTHS - STRENGTHS.mean())
    widths = []
    for count in (200, 3200):
        low, high = interval(bootstrap(made_up(count).without_style(), 3, rounds=100)[0])
        assert all(low <= truth) and all(truth <= high)
        widths.append((high - low).mean())
    assert widths[1] < widths[0] / 2


def test_length_that_wins_votes_is_told_apart_from_strength():
    """Two equals, of whom one writes longer replies and people like length."""
    votes = made_up(6000, np.zeros(2), style_worth=1.5, longer=0)
    plain, controlled = fit(votes.without_style(), 2), fit(votes, 2)
    assert plain.ratings[0] - plain.ratings[1] > 100
    assert controlled.ratings[0] == pytest.approx(controlled.ratings[1], abs=40)
    assert controlled.coefficients == pytest.approx([1.5], abs=0.2)


def test_a_player_that_never_lost_is_strong_but_not_endlessly():
    votes = Votes(np.zeros(10, int), np.ones(10, int), np.ones(10), np.zeros((10, 0)), np.arange(10))
    found = fit(votes, 2)
    assert np.isfinite(found.ratings).all() and 1000 < found.ratings[0] < 2500


def test_ties_alone_leave_everybody_in_the_middle():
    votes = Votes(np.zeros(10, int), np.ones(10, int), np.full(10, 0.5), np.zeros((10, 0)), np.arange(10))
    assert fit(votes, 2).ratings == pytest.approx([MIDDLE, MIDDLE])


def test_the_side_does_not_matter():
    votes = made_up(500)
    turned = Votes(votes.right, votes.left, 1 - votes.won, -votes.style, votes.voter)
    assert fit(turned, 3).ratings == pytest.approx(fit(votes, 3).ratings)


def test_one_person_who_votes_a_thousand_times_makes_nothing_sure():
    fair = made_up(40, np.zeros(2)).without_style()
    alone = Votes(
        left=np.concatenate([fair.left, np.zeros(1000, int)]),
        right=np.concatenate([fair.right, np.ones(1000, int)]),
        won=np.concatenate([fair.won, np.ones(1000)]),
        style=np.zeros((1040, 0)),
        voter=np.minimum(np.arange(1040), 40),
    )
    low, high = interval(bootstrap(alone, 2, rounds=100)[0])
    assert low[0] < MIDDLE < high[0]


def test_the_same_votes_give_the_same_draws():
    votes = made_up(100)
    assert np.array_equal(bootstrap(votes, 3, rounds=5)[0], bootstrap(votes, 3, rounds=5)[0])
