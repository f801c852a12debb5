"""Samejima's graded response model (1969): what an answer says about the leaning behind it.

A question's answers are ordered by their score. The chance of answering in category k or above grows with the leaning
theta, logistic(a (theta - b_k)): `a` tells how sharply the question discriminates, `b_k` where people change over.
Fitted by marginal maximum likelihood: leanings are standard normal and integrated out on a grid. `girth` fits the same
model, but its last release is of 2021; the tests compare the two.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit, logsumexp

from quiz.psychometrics import Scores

Array = NDArray[np.float64]

THETA = np.linspace(-5, 5, 41)
LOG_DENSITY = -(THETA**2) / 2 - logsumexp(-(THETA**2) / 2)
TINY = 1e-12
# Far beyond what questions reach, so that one that separates people perfectly still has an end to climb to.
SLOPE_BOUNDS = (-8.0, 8.0)
LOG_STEP_BOUNDS = (-6.0, 4.0)


@dataclass(frozen=True)
class ItemCurve:
    """One question's fitted curve.

    `misfit` is the root mean square distance between the curve and what people did, in chances (0 to 1).
    """

    discrimination: float
    thresholds: tuple[float, ...]
    misfit: float


def fit_graded_response(scores: Scores) -> list[ItemCurve | None]:
    """Fit a curve to each column of `scores` [people, questions]; None where everybody has the same score."""
    told_apart = [place for place in range(scores.shape[1]) if np.ptp(scores[:, place]) > 0]
    curves: list[ItemCurve | None] = [None] * scores.shape[1]
    if told_apart:
        for place, curve in zip(told_apart, _fit([_indicators(scores[:, place]) for place in told_apart]), strict=True):
            curves[place] = curve
    return curves


def _indicators(column: Scores) -> Array:
    """Which category each person is in, [people, categories] of 0 and 1; categories ascend, and each has people."""
    _, category = np.unique(column, return_inverse=True)
    return np.eye(category.max() + 1)[category]


def _fit(indicators: list[Array]) -> list[ItemCurve]:
    ends = np.cumsum([item.shape[1] for item in indicators])[:-1]
    chosen = np.hstack(indicators)  # [people, all categories]
    start = np.concatenate([_start(item) for item in indicators])
    bounds = [bound for item in indicators for bound in _bounds(item.shape[1])]
    best = minimize(_loss, start, args=(chosen, ends), jac=True, bounds=bounds, method="L-BFGS-B").x
    parameters = np.split(best, ends)
    chances = [_chances(item) for item in parameters]
    _, expected = _expected_counts(chosen, np.vstack(chances))
    return [_curve(*item) for item in zip(parameters, chances, np.split(expected, ends), strict=True)]


def _start(indicators: Array) -> Array:
    """A question's parameters as first guess: slope 1, and everybody in the middle."""
    at_least = logit(1 - indicators.mean(axis=0).cumsum()[:-1])
    return np.concatenate([[1.0, at_least[0]], np.log(-np.diff(at_least))])


def _bounds(categories: int) -> list[tuple[float | None, float | None]]:
    return [SLOPE_BOUNDS, (None, None), *[LOG_STEP_BOUNDS] * (categories - 2)]


def _intercepts(parameters: Array) -> Array:
    """Intercepts of a question's boundaries, descending, [categories - 1].

    A question's parameters are as many as its categories: slope, first intercept, and the logarithms of the steps down
    to each further one, which keeps the intercepts in order.
    """
    _slope, first, *log_steps = parameters
    return first - np.concatenate([[0.0], np.exp(log_steps).cumsum()])


def _boundaries(parameters: Array) -> Array:
    """The chance of each category or a higher one, lowest category left out, [categories - 1, theta]."""
    return expit(parameters[0] * THETA + _intercepts(parameters)[:, None])


def _chances(parameters: Array) -> Array:
    """The chance of each category, [categories, theta]."""
    ones = np.ones((1, len(THETA)))
    at_least = np.vstack([ones, _boundaries(parameters), 0 * ones])
    return np.maximum(at_least[:-1] - at_least[1:], TINY)


def _expected_counts(chosen: Array, chances: Array) -> tuple[float, Array]:
    """Mean log-likelihood of a person, and the share of people in each category at each theta, given their answers."""
    joint = chosen @ np.log(chances) + LOG_DENSITY  # [people, theta]
    marginal = logsumexp(joint, axis=1, keepdims=True)
    return float(marginal.mean()), chosen.T @ np.exp(joint - marginal) / len(chosen)


def _loss(parameters: Array, chosen: Array, ends: Array) -> tuple[float, Array]:
    """The mean negative log-likelihood and its gradient."""
    items = np.split(parameters, ends)
    chances = np.vstack([_chances(item) for item in items])
    likelihood, expected = _expected_counts(chosen, chances)
    ratios = np.split(expected / chances, ends)
    return -likelihood, -np.concatenate([_gradient(*item) for item in zip(items, ratios, strict=True)])


def _gradient(parameters: Array, ratios: Array) -> Array:
    """By Fisher's identity: the gradient of the complete data's likelihood at the expected counts."""
    boundaries = _boundaries(parameters)
    moved = boundaries * (1 - boundaries) * np.diff(ratios, axis=0)  # [categories - 1, theta]
    by_intercept = moved.sum(axis=1)
    below = by_intercept[::-1].cumsum()[::-1]  # what each intercept and all below it would gain
    return np.concatenate([[(moved * THETA).sum(), below[0]], -np.exp(parameters[2:]) * below[1:]])


def _curve(parameters: Array, chances: Array, expected: Array) -> ItemCurve:
    slope = float(parameters[0])
    people = np.maximum(expected.sum(axis=0), TINY)  # their share at each theta
    misfit = np.sqrt((people * (expected / people - chances) ** 2).sum(axis=1).mean())
    return ItemCurve(slope, tuple(float(b) for b in -_intercepts(parameters) / slope), float(misfit))
