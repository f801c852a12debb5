"""Voters whose votes say little about the replies: too fast to have read, always one side, or far too many of all rows.

A curator learns the sign, never who it is.
"""

from collections import Counter
from statistics import median
from typing import Any

from personas.curation.models import PreferencePair
from personas.curation.text_flags import Sign
from personas.voting.models import Vote

# Skimming is three times silent reading of Korean (some 13 characters a second); the median forgives single slips.
FASTEST_CHARACTERS_PER_SECOND = 40
FEWEST_TIMED_VOTES = 5
# By chance, twelve votes fall as unevenly on one side as this less than once in a hundred times.
MOST_ON_ONE_SIDE, FEWEST_SIDED_VOTES = 0.9, 12
# Below this many rows anybody has a large share of them.
LARGEST_SHARE, FEWEST_ROWS = 0.05, 10


def signs_of(pair: PreferencePair) -> list[str]:
    """What is odd about the voter behind a pair; nothing for an imported one."""
    if pair.visitor_id is None:
        return []
    votes = list(
        Vote.objects.filter(visitor_id=pair.visitor_id).select_related("comparison__reply_a", "comparison__reply_b")
    )
    signs: dict[Any, bool] = {
        Sign.FAST: _is_fast(votes),
        Sign.ONE_SIDE: _is_one_sided(votes),
        Sign.MANY: _are_many(pair),
    }
    return [sign for sign, shows in signs.items() if shows]


def _is_fast(votes: list[Vote]) -> bool:
    speeds = [_characters_per_second(vote) for vote in votes]
    return len(speeds) >= FEWEST_TIMED_VOTES and median(speeds) > FASTEST_CHARACTERS_PER_SECOND


def _characters_per_second(vote: Vote) -> float:
    """At what speed the newer reply was read, had it all been there from the moment it was asked for."""
    newer = max(vote.comparison.reply_a, vote.comparison.reply_b, key=lambda reply: reply.created_at)
    seconds = (vote.created_at - newer.created_at).total_seconds()
    return len(newer.text) / max(seconds, 0.001)


def _is_one_sided(votes: list[Vote]) -> bool:
    sides = Counter(vote.choice for vote in votes if vote.choice in (Vote.Choice.A, Vote.Choice.B))
    return sides.total() >= FEWEST_SIDED_VOTES and max(sides.values()) >= MOST_ON_ONE_SIDE * sides.total()


def _are_many(pair: PreferencePair) -> bool:
    rows = PreferencePair.objects.filter(persona_id=pair.persona_id)
    own = rows.filter(visitor_id=pair.visitor_id).count()
    return own >= FEWEST_ROWS and own > LARGEST_SHARE * rows.count()
