"""A simulated voter keeps to one taste, and a careless crowd turns round exactly as many votes as it should."""

import pytest

from inference_worker.simulation.voters import RULES, flipped


@pytest.mark.parametrize(
    ("rule", "a", "b", "choice"),
    [
        ("shorter", "응.", "응, 그래.", "a"),
        ("shorter", "응, 그래.", "응.", "b"),
        ("shorter", "응.", "네.", "tie"),
        ("shorter", "응.", "네. \n", "tie"),
        ("calmer", "속상했겠다ㅠㅠ 왜 그래?", "속상했겠다. 왜 그래?", "b"),
        ("calmer", "왜???", "왜?", "tie"),
        ("asks-back", "밥 먹었어?", "밥 먹어.", "a"),
        ("asks-back", "밥 먹어.", "왜? 무슨 일?", "b"),
        ("asks-back", "왜? 왜?", "왜?", "tie"),
    ],
)
def test_the_rule_decides(rule, a, b, choice):
    assert RULES[rule].pick(a, b) == choice


def test_a_habit_is_measured_over_many_replies():
    replies = ["응?", "응.", "그래.", "정말?"]
    assert RULES["asks-back"].habit(replies) == 0.5
    assert RULES["shorter"].habit(replies) == 2.5


def test_a_share_of_the_votes_is_turned_round_the_same_ones_every_time():
    votes = ["a", "b"] * 50
    turned = flipped(votes, 0.2, seed=1)
    assert sum(before != after for before, after in zip(votes, turned, strict=True)) == 20
    assert turned == flipped(votes, 0.2, seed=1) != flipped(votes, 0.2, seed=2)
    assert flipped(votes, 0.0, seed=1) == votes
