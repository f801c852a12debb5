"""The ratings of one group from its votes. Plain data in, plain data out; the admin and the about page show it.

    {"votes": int, "voters": int, "needed": int,
     "rows": [{"player", "votes", "rating", "low", "high", "plain", "plain_low", "plain_high"}, ...],  # the best first
     "style": [{"name", "value", "low", "high"}, ...]}

`rating` is without the worth of style, `plain` with it. While votes are needed, `rows` and `style` are empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personas.ratings.bradley_terry import Votes, bootstrap, fit, interval
from personas.ratings.style_features import NAMES, style_difference, style_of

ENOUGH_VOTES = 30  # under these, intervals are hundreds of points wide and say nothing


@dataclass(frozen=True)
class Ballot:
    """One blind vote: who stood left and right, what they wrote, the left one's share of the vote, and who voted."""

    left: str
    right: str
    left_text: str
    right_text: str
    won: float
    voter: str


def build_report(ballots: Sequence[Ballot]) -> dict[str, Any]:
    """Count the ratings. The same ballots give the same figures."""
    needed = max(ENOUGH_VOTES - len(ballots), 0)
    report = {"votes": len(ballots), "voters": len({ballot.voter for ballot in ballots}), "needed": needed}
    if needed:
        return {**report, "rows": [], "style": []}
    players = sorted({player for ballot in ballots for player in (ballot.left, ballot.right)})
    votes = _as_arrays(ballots, players)
    fitted = fit(votes, len(players))
    draws, coefficients = bootstrap(votes, len(players))
    columns = {
        **_column("rating", "", fitted.ratings, draws),
        **_plain_columns(votes.without_style(), len(players)),
    }
    rows = _player_rows(players, votes, columns)
    return {**report, "rows": rows, "style": _style_rows(fitted.coefficients, coefficients)}


def _column(name: str, prefix: str, values: np.ndarray, draws: np.ndarray) -> dict[str, np.ndarray]:
    low, high = interval(draws)
    return {name: values, f"{prefix}low": low, f"{prefix}high": high}


def _plain_columns(votes: Votes, players: int) -> dict[str, np.ndarray]:
    return _column("plain", "plain_", fit(votes, players).ratings, bootstrap(votes, players)[0])


def _player_rows(players: list[str], votes: Votes, columns: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    counted = np.bincount(np.concatenate([votes.left, votes.right]), minlength=len(players))
    rows: list[dict[str, Any]] = []
    for at, player in enumerate(players):
        figures = {name: round(float(values[at])) for name, values in columns.items()}
        rows.append({"player": player, "votes": int(counted[at]), **figures})
    return sorted(rows, key=lambda row: -row["rating"])


def _style_rows(values: np.ndarray, draws: np.ndarray) -> list[dict[str, Any]]:
    low, high = interval(draws)
    ends = {"value": values, "low": low, "high": high}
    return [
        {"name": name, **{end: round(float(column[at]), 3) for end, column in ends.items()}}
        for at, name in enumerate(NAMES)
    ]


def _as_arrays(ballots: Sequence[Ballot], players: list[str]) -> Votes:
    number = {player: at for at, player in enumerate(players)}
    voters = {voter: at for at, voter in enumerate(sorted({ballot.voter for ballot in ballots}))}
    return Votes(
        left=np.array([number[ballot.left] for ballot in ballots]),
        right=np.array([number[ballot.right] for ballot in ballots]),
        won=np.array([ballot.won for ballot in ballots]),
        style=np.array(
            [style_difference(style_of(ballot.left_text), style_of(ballot.right_text)) for ballot in ballots]
        ),
        voter=np.array([voters[ballot.voter] for ballot in ballots]),
    )
