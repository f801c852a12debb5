"""Alpha and item-total correlations: against figures worked out by hand, and against pingouin."""

import numpy as np
import pandas
import pingouin
import pytest

from quiz.psychometrics import cronbach_alpha, item_total_correlations
from tests.quiz.people import leaning_scores

# Each question has variance 5/3; the totals 4, 8, 9, 13 have 41/3. Alpha is 3/2 (1 - 5 / (41/3)).
BY_HAND = np.array([[1, 1, 2], [2, 3, 3], [3, 2, 4], [4, 4, 5]], dtype=float)


@pytest.fixture
def answered() -> np.ndarray:
    """300 people's scores on six questions that measure one thing, some of them badly."""
    return leaning_scores(np.random.default_rng(7), 300, slopes=[2, 1.5, 1, 0.5, 0.2, 0], steps=[-1, 0, 1])


def test_alpha_is_what_it_is_by_hand():
    assert cronbach_alpha(BY_HAND).value == pytest.approx(1.5 * (1 - 15 / 41))


def test_questions_that_rank_people_alike_have_alpha_1():
    assert cronbach_alpha(np.array([[1, 1], [2, 2], [5, 5]], dtype=float)).value == pytest.approx(1)


def test_questions_with_nothing_in_common_have_alpha_0():
    assert cronbach_alpha(np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)).value == pytest.approx(0)


def test_questions_that_contradict_each_other_have_an_alpha_below_0():
    assert cronbach_alpha(np.array([[0, 2], [1, 1], [3, 0]], dtype=float)).value < 0


def test_alpha_and_its_interval_are_pingouins(answered):
    alpha = cronbach_alpha(answered)
    value, interval = pingouin.cronbach_alpha(pandas.DataFrame(answered))
    assert alpha.value == pytest.approx(value)
    assert [alpha.low, alpha.high] == pytest.approx(list(interval), abs=0.0005), "pingouin rounds to three digits"


def test_more_people_make_the_interval_narrower(answered):
    few, many = cronbach_alpha(answered[:100]), cronbach_alpha(answered)
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    "scores", [np.ones((5, 3)), BY_HAND[:1], BY_HAND[:, :1]], ids=["all alike", "one person", "one question"]
)
def test_where_alpha_means_nothing_there_is_none(scores):
    assert cronbach_alpha(scores) is None


def test_an_item_is_correlated_with_the_others_and_not_with_itself(answered):
    correlations = item_total_correlations(answered)
    for question, correlation in enumerate(correlations):
        others = np.delete(answered, question, axis=1).sum(axis=1)
        assert correlation == pytest.approx(pingouin.corr(answered[:, question], others)["r"].item())


def test_of_two_questions_each_is_correlated_with_the_other():
    first, second = item_total_correlations(BY_HAND[:, :2])
    assert first == second == pytest.approx(0.8)


def test_a_question_that_everybody_answers_alike_has_no_correlation():
    scores = np.column_stack([BY_HAND, np.ones(4)])
    assert item_total_correlations(scores)[3] is None
    assert None not in item_total_correlations(scores)[:3]
