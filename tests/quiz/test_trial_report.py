"""The figures of two wordings, from walks that are known to the last answer, and what they are worth."""

import json
from dataclasses import replace

import numpy as np
import pingouin
import pytest
from scipy import stats

from quiz.trials import report as trial_report
from quiz.trials.differences import MOST_TAKERS, of_correlations, of_counts, of_times
from quiz.trials.report import ENOUGH_TAKERS, build_trial_report
from quiz.verdicts import CHANCE_BELOW, Comparison
from quiz.walks import Walk
from tests.quiz.people import leaning_scores, mirrored_items, walks_from

ITEMS = mirrored_items(6)
STEPS = [-1, 0, 1]
TRIED = 2  # the question whose wordings are tried


def people(seed: int, count: int = 300, slope: float = 1.5, seconds: float = 5.0) -> list[Walk]:
    """Walks in which the tried question depends on people's leaning as much as `slope` says."""
    slopes = [slope if item.id == TRIED else 1.5 for item in ITEMS]
    return walks_from(ITEMS, leaning_scores(np.random.default_rng(seed), count, slopes, STEPS), seconds)


def leaving(count: int) -> list[Walk]:
    """People who were shown the tried question and went no further."""
    return [Walk(answers={}, seconds={}, left_at=TRIED)] * count


def with_answer(walks: list[Walk], answer: int) -> list[Walk]:
    return [replace(walk, answers=walk.answers | {TRIED: answer}) for walk in walks]


def told_apart(report: dict, name: str) -> bool:
    return report["differences"][name]["p"] < CHANCE_BELOW


def test_with_too_few_takers_it_says_how_many_more_are_needed_and_no_figures():
    report = build_trial_report(TRIED, ITEMS, (people(1, ENOUGH_TAKERS - 10), people(2, ENOUGH_TAKERS + 40)))
    assert (report["takers"], report["needed"]) == ([ENOUGH_TAKERS - 10, ENOUGH_TAKERS + 40], 10)
    assert report["wordings"] == [] and report["differences"] == {}


def test_wordings_that_do_the_same_are_not_told_apart():
    report = build_trial_report(TRIED, ITEMS, (people(1), people(2)))
    assert [name for name in ("answers", "egen", "teto") if told_apart(report, name)] == []
    assert report["differences"]["seconds"] is None and report["differences"]["left"] is None


def test_a_wording_that_pulls_people_to_one_answer_is_told_apart():
    first = people(1)
    report = build_trial_report(TRIED, ITEMS, (first, with_answer(first[:100], 23) + first[100:]))
    assert told_apart(report, "answers")
    shares = [[answer["value"] for answer in side["answers"]] for side in report["wordings"]]
    assert shares[1][3] > shares[0][3] and sum(shares[1]) == pytest.approx(1, abs=1e-3)


def test_a_wording_that_people_misread_measures_less():
    report = build_trial_report(TRIED, ITEMS, (people(1), people(2, slope=0.0)))
    assert told_apart(report, "egen") and told_apart(report, "teto")
    assert report["wordings"][1]["egen"]["value"] < 0.2 < report["wordings"][0]["egen"]["value"]


def test_a_wording_that_takes_longer_is_told_apart_and_a_forgotten_tab_is_not():
    first = people(1)
    forgotten = [replace(first[0], seconds=dict.fromkeys(first[0].seconds, 86_400.0)), *first[1:]]
    assert not told_apart(build_trial_report(TRIED, ITEMS, (first, forgotten)), "seconds")
    report = build_trial_report(TRIED, ITEMS, (first, people(2, seconds=8.0)))
    assert told_apart(report, "seconds")
    assert [side["seconds"]["value"] for side in report["wordings"]] == [5.0, 8.0]


def test_a_wording_that_drives_people_away_is_told_apart():
    report = build_trial_report(TRIED, ITEMS, (people(1) + leaving(5), people(2) + leaving(60)))
    assert told_apart(report, "left")
    first, second = report["wordings"]
    assert (first["shown"], second["shown"]) == (305, 360)
    assert second["left"]["value"] == pytest.approx(60 / 360, abs=1e-4)


def test_who_left_later_still_tells_of_the_answer_and_the_time():
    half = [replace(walk, answers={TRIED: walk.answers[TRIED]}, left_at=5) for walk in people(3, 100)]
    report = build_trial_report(TRIED, ITEMS, (people(1) + half, people(2)))
    assert report["takers"] == [400, 300]
    assert (
        report["wordings"][0]["egen"] == build_trial_report(TRIED, ITEMS, (people(1), people(2)))["wordings"][0]["egen"]
    )


def test_every_interval_holds_its_figure():
    report = build_trial_report(TRIED, ITEMS, (people(1) + leaving(4), people(2, seconds=7)))
    for side in report["wordings"]:
        for interval in (*side["answers"], *(side[name] for name in ("egen", "teto", "seconds", "left"))):
            assert interval["low"] <= interval["value"] <= interval["high"]


def test_the_interval_of_a_correlation_is_pingouins():
    walks = people(1)
    scores = trial_report.axis_scores(ITEMS, walks, "egen")
    place = TRIED - 1
    theirs = pingouin.corr(scores[:, place], np.delete(scores, place, axis=1).sum(axis=1))
    found = build_trial_report(TRIED, ITEMS, (walks, people(2)))["wordings"][0]["egen"]
    low, high = next(theirs[name].iloc[0] for name in ("CI95%", "CI95") if name in theirs)
    assert [found["low"], found["high"]] == pytest.approx([low, high], abs=0.006), "pingouin rounds to two digits"


def test_a_report_is_plain_json():
    report = build_trial_report(TRIED, ITEMS, (people(1) + leaving(9), people(2, seconds=7)))
    assert json.loads(json.dumps(report)) == report


def test_counts_are_compared_as_by_hand():
    """80 of 200 and 60 of 200: the pooled share is 0.35, and z is 0.1 over its error."""
    z = 0.1 / (0.35 * 0.65 * 2 / 200) ** 0.5
    assert of_counts([[80, 120], [60, 140]]).p == pytest.approx(2 * stats.norm.sf(z))


def test_as_many_takers_as_needed_tell_a_true_difference_apart_four_times_in_five():
    needed = of_counts([[80, 120], [60, 140]]).takers_needed
    random = np.random.default_rng(11)
    half = needed // 2
    draws = random.binomial(half, [[0.4, 0.3]] * 1500)
    found = [of_counts([[a, half - a], [b, half - b]]).p < CHANCE_BELOW for a, b in draws]
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)


def test_chance_alone_is_taken_for_a_difference_once_in_a_hundred():
    draws = np.random.default_rng(12).multinomial(150, [0.4, 0.3, 0.2, 0.1], size=(2000, 2))
    found = [of_counts(table).p < CHANCE_BELOW for table in draws]
    assert np.mean(found) == pytest.approx(CHANCE_BELOW, abs=0.007)


def test_a_difference_that_looks_like_nothing_names_no_number_of_takers():
    assert of_counts([[1000, 1000], [1000, 1000]]).takers_needed is None
    assert of_counts([[1001, 999], [1000, 1000]]).takers_needed is None
    assert of_correlations([(0.4, 300), (0.4, 300)]).takers_needed is None
    assert of_counts([[80, 120], [60, 140]]).takers_needed < MOST_TAKERS


def test_answers_too_rare_for_the_test_are_put_together():
    rare, together = of_counts([[100, 96, 3, 1], [80, 115, 1, 4]]), of_counts([[104, 96], [85, 115]])
    assert rare == together
    assert of_counts([[60, 0], [58, 2]]) is None


@pytest.mark.parametrize("sides", [[(None, 0), (0.3, 200)], [(0.3, 3), (0.3, 200)], [(1.0, 50), (0.3, 200)]])
def test_without_two_correlations_there_is_nothing_to_compare(sides):
    assert of_correlations(sides) is None


def test_times_far_apart_end_in_figures():
    found = of_times([list(range(500)), list(range(1000, 1500))])
    assert 0 < found.p < 1e-9 and found.takers_needed < 1000


@pytest.mark.parametrize(
    ("p", "is_due", "says"),
    [
        (None, True, Comparison.NOTHING),
        (0.0001, False, Comparison.WAITING),
        (0.0001, True, Comparison.TOLD_APART),
        (0.03, True, Comparison.CHANCE),
    ],
)
def test_nothing_is_judged_before_its_time_nor_by_the_luckiest_of_five(p, is_due, says):
    assert Comparison.of(p, is_due) == says
