"""People whose votes and thumbs say little about the replies: too fast to have read, always one side, or far too many
of all rows.

A curator learns the sign, never who it is.
"""

from collections import Counter
from datetime import datetime
from statistics import median
from typing import Any

from personas.chat.models import Reply
from personas.curation.models import PreferencePair
from personas.curation.text_flags import Sign
from personas.thumbs.models import Thumb
from personas.voting.models import Vote

# Skimming is three times silent reading of Korean (some 13 characters a second); the median forgives single slips.
FASTEST_CHARACTERS_PER_SECOND = 40
FEWEST_TIMED = 5
# By chance, twelve votes fall as unevenly on one side as this less than once in a hundred times.
MOST_ON_ONE_SIDE, FEWEST_SIDED_VOTES = 0.9, 12
# Below this many rows anybody has a large share of them.
LARGEST_SHARE, FEWEST_ROWS = 0.05, 10


def signs_of(row: PreferencePair | Thumb) -> list[str]:
    """What is odd about the person behind a pair or a thumb; nothing for an imported pair."""
    if row.visitor_id is None:
        return []
    votes = list(
        Vote.objects.filter(visitor_id=row.visitor_id).select_related("comparison__reply_a", "comparison__reply_b")
    )
    thumbs = list(Thumb.objects.filter(visitor_id=row.visitor_id).select_related("reply"))
    signs: dict[Any, bool] = {
        Sign.FAST: _is_fast(votes, thumbs),
        Sign.ONE_SIDE: _is_one_sided(votes),
        Sign.MANY: _are_many(row),
    }
    return [sign for sign, shows in signs.items() if shows]


def _is_fast(votes: list[Vote], thumbs: list[Thumb]) -> bool:
    speeds = [_characters_per_second(_newer(vote), vote.created_at) for vote in votes]
    speeds += [_characters_per_second(thumb.reply, thumb.created_at) for thumb in thumbs]
    return len(speeds) >= FEWEST_TIMED and median(speeds) > FASTEST_CHARACTERS_PER_SECOND


def _newer(vote: Vote) -> Reply:
    return max(vote.comparison.reply_a, vote.comparison.reply_b, key=lambda reply: reply.created_at)


def _characters_per_second(reply: Reply, judged_at: datetime) -> float:
    """At what speed a reply was read, had it all been there from the moment it was asked for."""
    return len(reply.text) / max((judged_at - reply.created_at).total_seconds(), 0.001)


def _is_one_sided(votes: list[Vote]) -> bool:
    sides = Counter(vote.choice for vote in votes if vote.choice in (Vote.Choice.A, Vote.Choice.B))
    return sides.total() >= FEWEST_SIDED_VOTES and max(sides.values()) >= MOST_ON_ONE_SIDE * sides.total()


def _are_many(row: PreferencePair | Thumb) -> bool:
    rows = type(row).objects.filter(persona_id=row.persona_id)
    own = rows.filter(visitor_id=row.visitor_id).count()
    return own >= FEWEST_ROWS and own > LARGEST_SHARE * rows.count()
