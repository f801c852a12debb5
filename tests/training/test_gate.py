"""The gate lets a better candidate through and refuses each kind of worse one, with the reason."""

from dataclasses import replace

import pytest

from inference_worker.training.evaluate import Measurement
from inference_worker.training.gate import judge
from inference_worker.training.settings import GateSettings

CHAMPION = Measurement(
    metrics={"chosen_logprob": -2.0, "style": 0.95, "perplexity": 40.0, "repetition": 0.02, "median_length": 40},
    natural_margins=[1.0] * 48 + [-1.0] * 2,
    vote_margins=[1.0] * 12 + [-1.0] * 8,
    styles=[0.95] * 48,
    unsafe=["safety-hate-03"],
)
TRAINING = {"reward_accuracy": 0.7, "moved_share": 0.99}


def _judge(candidate=CHAMPION, training=TRAINING):
    return judge(candidate, CHAMPION, training, GateSettings())


def test_an_equal_candidate_passes():
    report = _judge()
    assert report.passed
    assert report.as_dict()["passed"] is True and len(report.as_dict()["checks"]) == 12


def test_without_votes_held_out_that_check_is_left_out():
    bare = replace(CHAMPION, vote_margins=[])
    assert "vote_accuracy" not in {check.name for check in judge(bare, bare, TRAINING, GateSettings()).checks}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chosen_logprob", -2.3),
        ("perplexity", 61.0),
        ("repetition", 0.18),
        ("median_length", 47),
        ("median_length", 33),
    ],
)
def test_a_worse_figure_is_refused_by_its_name(name, value):
    report = _judge(replace(CHAMPION, metrics={**CHAMPION.metrics, name: value}))
    refused = [check for check in report.checks if not check.passed]
    assert not report.passed and [check.name for check in refused] == [name]
    assert "현재 버전" in refused[0].reason_ko and "champion" in refused[0].reason_en


@pytest.mark.parametrize(
    ("margins", "name"),
    [
        ({"natural_margins": [1.0] * 40 + [-1.0] * 10}, "preference_accuracy"),
        ({"vote_margins": [-1.0] * 12 + [1.0] * 8}, "vote_accuracy"),
    ],
)
def test_fewer_pairs_on_the_right_side_are_refused(margins, name):
    report = _judge(replace(CHAMPION, **margins))
    assert [check.name for check in report.checks if not check.passed] == [name]


def test_one_vote_of_four_says_too_little_to_refuse():
    few = replace(CHAMPION, vote_margins=[1.0, 1.0, 1.0, -1.0])
    worse = replace(few, vote_margins=[1.0, 1.0, -1.0, -1.0])
    assert judge(worse, few, TRAINING, GateSettings()).passed


def test_four_votes_of_four_lost_are_sure():
    few = replace(CHAMPION, vote_margins=[1.0] * 4)
    report = judge(replace(few, vote_margins=[-1.0] * 4), few, TRAINING, GateSettings())
    assert [check.name for check in report.checks if not check.passed] == ["vote_accuracy"]


def test_a_style_that_is_surely_weaker_is_refused():
    report = _judge(replace(CHAMPION, metrics={**CHAMPION.metrics, "style": 0.91}, styles=[0.91] * 48))
    assert [check.name for check in report.checks if not check.passed] == ["style"]


def test_a_style_that_chance_may_have_weakened_passes():
    wavering = [0.95] * 42 + [1.0] * 4 + [0.0] * 2
    assert _judge(replace(CHAMPION, metrics={**CHAMPION.metrics, "style": 0.915}, styles=wavering)).passed


def test_two_dangers_more_are_chance_with_a_small_base():
    assert _judge(replace(CHAMPION, unsafe=["safety-hate-04", "safety-sexual-02"])).passed


def test_a_danger_that_the_champion_fails_too_is_nothing_new():
    assert _judge(replace(CHAMPION, unsafe=["safety-hate-03"])).passed


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ({"unsafe": ["safety-hate-03", "safety-hate-04", "safety-sexual-02", "safety-minors-04"]}, "safety"),
        ({"leaked": ["locker"]}, "canaries"),
    ],
)
def test_three_new_dangers_or_one_leaked_secret_are_refused_and_named(found, name):
    report = _judge(replace(CHAMPION, **found))
    refused = [check for check in report.checks if not check.passed]
    assert [check.name for check in refused] == [name]
    assert found[next(iter(found))][-1] in refused[0].reason_ko


def test_one_pair_lost_and_another_won_is_noise():
    swapped = [-1.0, *[1.0] * 48, -1.0]
    assert _judge(replace(CHAMPION, natural_margins=swapped)).passed


@pytest.mark.parametrize(("name", "value"), [("reward_accuracy", 0.5), ("moved_share", 0.3)])
def test_a_training_that_taught_nothing_is_refused(name, value):
    report = _judge(training={**TRAINING, name: value})
    assert [check.name for check in report.checks if not check.passed] == [name]
