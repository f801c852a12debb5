"""Who answered faster than anyone reads. Such walks are kept out of the statistics, never out of the test."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

# A question here is a scene and two to four answers, some eighty syllables. Studies of careless answering draw the line
# at one second for a single short statement (Wood et al. 2017), so nobody who reads is ever below it.
FASTEST_SECONDS = 1.0


def seconds_per_question(started_at: datetime, answered_at: Sequence[datetime]) -> list[float]:
    """Seconds from each screen's appearance to its first answer; `answered_at` is in the walk's order.

    Nobody skips ahead, so a screen appears when the one before it is answered.
    """
    return [(later - earlier).total_seconds() for earlier, later in pairwise([started_at, *answered_at])]


def is_readable(seconds: Sequence[float]) -> bool:
    """Could someone have read at this pace? Judged by the median: one pause excuses no flood, one slip condemns nobody.

    A walk without answers has no pace yet and counts.
    """
    return not seconds or median(seconds) >= FASTEST_SECONDS
