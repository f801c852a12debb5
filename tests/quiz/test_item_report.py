"""The figures of a test from walks that are known to the last answer."""

import json
from dataclasses import replace

import numpy as np
import pytest

from quiz.item_report import ENOUGH_FOR_CURVES, ENOUGH_WALKS, build_report
from quiz.verdicts import Reliability, Weakness, weaknesses
from quiz.walks import Walk
from tests.quiz.people import leaning_scores, mirrored_items, walks_from

STEPS = [-1, 0, 1]
ITEMS = mirrored_items(6)


@pytest.fixture
def walks() -> list[Walk]:
    """Enough people for everything, on six good questions."""
    return walks_from(ITEMS, leaning_scores(np.random.default_rng(5), ENOUGH_FOR_CURVES, [1.5] * 6, STEPS))


def question(report: dict, number: int) -> dict:
    return report["questions"][number - 1]


def test_with_too_few_walks_it_says_how_many_more_are_needed_and_no_figures(walks):
    report = build_report(ITEMS, walks[: ENOUGH_WALKS - 30])
    assert (report["walks"], report["needed"]) == (ENOUGH_WALKS - 30, 30)
    assert report["axes"] == {} and report["questions"] == []


def test_curves_wait_for_more_walks_than_alpha_does(walks):
    report = build_report(ITEMS, walks[:ENOUGH_WALKS])
    assert (report["needed"], report["curves_needed"]) == (0, ENOUGH_FOR_CURVES - ENOUGH_WALKS)
    assert report["axes"]["egen"]["value"] > 0.5
    assert {axis["discrimination"] for axis in question(report, 1)["axes"].values()} == {None}


def test_good_questions_measure_and_none_of_them_is_marked(walks):
    report = build_report(ITEMS, walks)
    for axis in ("egen", "teto"):
        assert report["axes"][axis]["low"] < report["axes"][axis]["value"] < report["axes"][axis]["high"]
        assert question(report, 1)["axes"][axis]["item_total"] > 0.3
        assert question(report, 1)["axes"][axis]["discrimination"] > 1
    assert [row["weaknesses"] for row in report["questions"]] == [[]] * 6


def test_mirrored_axes_measure_alike(walks):
    report = build_report(ITEMS, walks)
    assert report["axes"]["egen"] == report["axes"]["teto"]


def test_a_question_answered_by_chance_is_marked_weak():
    random = np.random.default_rng(6)
    scores = np.column_stack([leaning_scores(random, 500, [1.5] * 5, STEPS), random.integers(0, 4, 500)])
    report = build_report(ITEMS, walks_from(ITEMS, scores))
    assert [row["weaknesses"] for row in report["questions"]] == [[]] * 5 + [[Weakness.WEAK]]


def test_a_question_scored_the_wrong_way_round_is_marked_backwards(walks):
    answers = ITEMS[2].answers
    turned = replace(ITEMS[2], answers=dict(zip(answers, reversed(answers.values()), strict=True)))
    report = build_report([*ITEMS[:2], turned, *ITEMS[3:]], walks)
    assert question(report, 3)["weaknesses"] == [Weakness.BACKWARDS]


def test_an_answer_nobody_takes_and_one_that_everybody_takes_are_marked():
    scores = leaning_scores(np.random.default_rng(8), 500, [1.5] * 6, STEPS)
    scores[:, 0] = 3
    row = question(build_report(ITEMS, walks_from(ITEMS, scores)), 1)
    assert [answer["percent"] for answer in row["answers"]] == [0, 0, 0, 100]
    assert row["weaknesses"] == [Weakness.UNUSED, Weakness.CROWDED]
    assert row["axes"]["egen"] == {"item_total": None, "discrimination": None, "misfit": None}


def test_the_shares_of_the_answers_sum_to_100(walks):
    for row in build_report(ITEMS, walks)["questions"]:
        assert sum(answer["percent"] for answer in row["answers"]) == 100


def test_the_time_of_a_question_is_the_median_and_a_slow_one_is_marked(walks):
    slow = [replace(walk, seconds=walk.seconds | {4: 12.5}) for walk in walks[1:]]
    forgotten = replace(walks[0], seconds=walks[0].seconds | {4: 86_400.0})
    report = build_report(ITEMS, [forgotten, *slow])
    assert [row["seconds"] for row in report["questions"]] == [5.0, 5.0, 5.0, 12.5, 5.0, 5.0]
    assert question(report, 4)["weaknesses"] == [Weakness.SLOW]


def test_drop_off_counts_who_was_shown_a_question_and_went_no_further(walks):
    # Their own order: these answered 2 and 5, and left when 1 came.
    left = [Walk(answers={2: 20, 5: 50}, seconds={2: 5.0, 5: 5.0}, left_at=1)] * 25
    report = build_report(ITEMS, [*walks, *left])
    shown = [(row["shown"], row["left"]) for row in report["questions"]]
    assert shown == [(525, 25), (525, 0), (500, 0), (500, 0), (525, 0), (500, 0)]
    assert question(report, 1)["left_percent"] == 4.8
    assert question(report, 1)["weaknesses"] == [Weakness.LEAVING]
    assert report["walks"] == len(walks), "they tell nothing about how the questions measure"


def test_a_few_who_leave_condemn_no_question(walks):
    report = build_report(ITEMS, [*walks, *[Walk(answers={}, seconds={}, left_at=1)] * 5])
    assert question(report, 1)["left"] == 5
    assert question(report, 1)["weaknesses"] == []


def test_walks_with_a_retired_question_or_answer_do_not_count_as_todays_test(walks):
    without_one = Walk(answers={**walks[0].answers, 6: 999}, seconds=walks[0].seconds)
    shorter = Walk(answers={1: 10}, seconds={1: 5.0})
    assert build_report(ITEMS, [*walks, without_one, shorter])["walks"] == len(walks)


def test_a_test_without_questions_has_no_figures(walks):
    assert build_report([], walks)["questions"] == []


def test_where_everybody_answers_alike_there_are_no_figures_that_are_no_numbers():
    report = build_report(ITEMS, walks_from(ITEMS, np.full((500, 6), 2.0)))
    assert report["axes"] == {"egen": None, "teto": None}
    json.dumps(report, allow_nan=False)


def test_the_report_can_be_kept_as_json(walks):
    report = build_report(ITEMS, walks)
    assert json.loads(json.dumps(report, allow_nan=False)) == report


@pytest.mark.parametrize(("low", "word"), [(0.7, "steady"), (0.69, "playful"), (0.5, "playful"), (0.49, "shaky")])
def test_the_low_end_of_the_interval_says_what_may_be_promised(low, word):
    assert Reliability.of(low) == word


def test_a_bad_fit_is_marked():
    axes = {"egen": {"item_total": 0.4, "discrimination": 1.0, "misfit": 0.15}}
    row = {"axes": axes, "answers": [{"percent": 50}] * 2, "seconds": 5, "left": 0, "left_percent": 0}
    assert weaknesses(row, {"seconds": 5, "left_percent": 0}) == [Weakness.MISFIT]
