"""Bradley-Terry ratings from votes between two: how strong each must be, for the votes to have come out like this.

    P(a is preferred to b) = sigmoid(strength[a] - strength[b] + style · coefficients)

A logistic regression, with a weak pull towards the middle that keeps a version which never lost from being infinitely
strong. Pure functions on arrays.
"""

from dataclasses import dataclass

import numpy as np

ELO = 400 / np.log(10)  # one unit of strength on the scale that people know from chess
MIDDLE = 1000
RIDGE = 0.1
ROUNDS = 200


@dataclass(frozen=True)
class Votes:
    """n votes. `left` and `right` number the two players, `won` is the left one's share of the vote (1, 0, or 0.5 for a
    tie), `style` (n, features) how their texts differ, `voter` numbers who voted."""

    left: np.ndarray
    right: np.ndarray
    won: np.ndarray
    style: np.ndarray
    voter: np.ndarray

    def __len__(self) -> int:
        return len(self.won)

    def without_style(self) -> "Votes":
        """The same votes, the texts' style left out of account."""
        return Votes(self.left, self.right, self.won, self.style[:, :0], self.voter)

    def only(self, rows: np.ndarray) -> "Votes":
        """These rows alone; one that is named twice counts twice."""
        return Votes(self.left[rows], self.right[rows], self.won[rows], self.style[rows], self.voter[rows])


@dataclass(frozen=True)
class Fit:
    """Strengths (mean zero) and the style's coefficients, in logits."""

    strengths: np.ndarray
    coefficients: np.ndarray

    @property
    def ratings(self) -> np.ndarray:
        """Strengths on the Elo scale around 1000."""
        return MIDDLE + ELO * self.strengths


def fit(votes: Votes, players: int) -> Fit:
    """The most likely strengths of `players` players (Newton's method on a convex loss)."""
    table = _design(votes, players)
    weights = np.zeros(table.shape[1])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-table @ weights))
        gradient = table.T @ (expected - votes.won) + RIDGE * weights
        curvature = (table.T * (expected * (1 - expected))) @ table + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    strengths = weights[:players]
    return Fit(strengths - strengths.mean(), weights[players:])


def _design(votes: Votes, players: int) -> np.ndarray:
    """(n, players + features): +1 for the left player, -1 for the right one, then the style."""
    sides = np.zeros((len(votes), players))
    rows = np.arange(len(votes))
    np.add.at(sides, (rows, votes.left), 1.0)
    np.add.at(sides, (rows, votes.right), -1.0)
    return np.hstack([sides, votes.style])


def bootstrap(votes: Votes, players: int, *, rounds: int = ROUNDS, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Ratings (rounds, players) and coefficients (rounds, features) of votes drawn again.

    Voters are drawn, not votes: one person's votes are alike, and drawing them apart would feign certainty.
    """
    draw = np.random.default_rng(seed)
    groups = _rows_by_voter(votes.voter)
    fits = []
    for _ in range(rounds):
        chosen = draw.integers(len(groups), size=len(groups))
        fits.append(fit(votes.only(np.concatenate([groups[index] for index in chosen])), players))
    return np.stack([one.ratings for one in fits]), np.stack([one.coefficients for one in fits])


def _rows_by_voter(voter: np.ndarray) -> list[np.ndarray]:
    order = np.argsort(voter, kind="stable")
    _, starts = np.unique(voter[order], return_index=True)
    return np.split(order, starts[1:])


def interval(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of each column."""
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    return low, high
