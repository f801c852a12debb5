"""Curves of single questions: known ones are found again, and a bad question shows."""

import numpy as np
import pytest
from girth import grm_mml
from scipy.optimize import check_grad

from quiz.graded_response import _indicators, _loss, _start, fit_graded_response
from quiz.verdicts import MISFIT_ABOVE
from tests.quiz.people import leaning_scores

SLOPES = [0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5]
STEPS = [-1.0, 0.2, 1.1]


@pytest.fixture(scope="module")
def scores() -> np.ndarray:
    """1,500 people's answers to eight questions whose curves are known."""
    return leaning_scores(np.random.default_rng(3), 1500, SLOPES, STEPS)


def test_known_curves_are_found_again(scores):
    for slope, curve in zip(SLOPES, fit_graded_response(scores), strict=True):
        assert curve.discrimination == pytest.approx(slope, abs=0.3)
        assert curve.thresholds == pytest.approx(STEPS, abs=0.3)
        assert curve.misfit < MISFIT_ABOVE / 3


def test_the_curves_are_girths(scores):
    curves = fit_graded_response(scores)
    theirs = grm_mml(scores.T.astype(int) + 1)
    assert [curve.discrimination for curve in curves] == pytest.approx(theirs["Discrimination"], abs=0.03)
    assert np.array([curve.thresholds for curve in curves]) == pytest.approx(theirs["Difficulty"], abs=0.03)


def test_the_gradient_is_that_of_the_loss(scores):
    indicators = [_indicators(column) for column in scores[:200, :3].T]
    ends = np.cumsum([item.shape[1] for item in indicators])[:-1]
    place = np.concatenate([_start(item) for item in indicators]) + 0.1
    chosen = np.hstack(indicators)
    error = check_grad(lambda x: _loss(x, chosen, ends)[0], lambda x: _loss(x, chosen, ends)[1], place)
    assert error < 1e-5


def test_answers_by_chance_discriminate_nobody(scores):
    with_chance = np.column_stack([scores, np.random.default_rng(4).integers(0, 4, len(scores))])
    assert abs(fit_graded_response(with_chance)[-1].discrimination) < 0.2


def test_a_question_scored_the_wrong_way_round_has_a_slope_below_zero(scores):
    scores = np.column_stack([scores, 3 - scores[:, 4]])
    assert fit_graded_response(scores)[-1].discrimination < -1


def test_a_question_whose_middle_answers_are_scored_as_extremes_fits_badly(scores):
    swapped = np.array([1, 0, 3, 2])[scores[:, 7].astype(int)]
    curves = fit_graded_response(np.column_stack([scores[:, :7], swapped]))
    assert curves[-1].misfit > MISFIT_ABOVE
    assert max(curve.misfit for curve in curves[:-1]) < MISFIT_ABOVE


def test_questions_may_have_two_answers_or_four_and_any_scores(scores):
    two, skipping = scores[:, 0] >= 2, scores[:, 1] * 3
    curves = fit_graded_response(np.column_stack([two, skipping, scores[:, 2:]]).astype(float))
    assert [len(curve.thresholds) for curve in curves[:3]] == [1, 3, 3]
    assert curves[0].discrimination == pytest.approx(SLOPES[0], abs=0.3)


def test_a_question_that_everybody_answers_alike_has_no_curve(scores):
    curves = fit_graded_response(np.column_stack([np.ones(len(scores)), scores]))
    assert curves[0] is None
    assert None not in curves[1:]


def test_where_nobody_differs_there_are_no_curves():
    assert fit_graded_response(np.ones((5, 3))) == [None, None, None]


def test_questions_that_repeat_each_other_end_in_figures(scores):
    for curve in fit_graded_response(np.column_stack([scores[:, 7]] * 4)):
        assert np.isfinite([curve.discrimination, *curve.thresholds, curve.misfit]).all()
