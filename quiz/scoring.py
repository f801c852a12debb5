"""From chosen answers to percentages and a type. Pure functions: no database, no request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# In percent of the stronger axis. Below MILD the two are too close to call; from STRONG on, two answers in three lean
# one way, which tapping at random reaches about once in eight walks.
MILD = 55
STRONG = 67
# Where each kind begins, in percent egen and in the order of Kind; the last takes the rest. Teto's bands mirror egen's.
LOWEST_EGEN_PERCENT = (STRONG, MILD, 101 - MILD, 101 - STRONG)


class Kind(TextChoices):
    """The five results, from one end to the other."""

    STRONG_EGEN = "strong-egen", _("진한 에겐")
    MILD_EGEN = "mild-egen", _("은은한 에겐")
    BALANCED = "balanced", _("반반")
    MILD_TETO = "mild-teto", _("은은한 테토")
    STRONG_TETO = "strong-teto", _("진한 테토")


@dataclass(frozen=True)
class Score:
    """Points on the two separate axes; neither is ever negative."""

    egen: int
    teto: int

    @property
    def egen_percent(self) -> int:
        """Egen's share of all points, 0 to 100; without any points, 50."""
        return whole_percents([self.egen, self.teto])[0] if self.egen + self.teto else 50

    @property
    def teto_percent(self) -> int:
        """Teto's share: what egen leaves of 100."""
        return 100 - self.egen_percent

    @property
    def kind(self) -> Kind:
        """The type these points belong to. Equal points are balanced."""
        bands_above = sum(self.egen_percent < lowest for lowest in LOWEST_EGEN_PERCENT)
        return list(Kind)[bands_above]


def total(weights: Iterable[tuple[int, int]]) -> Score:
    """Add up the (egen, teto) weights of the chosen answers."""
    egen = teto = 0
    for egen_weight, teto_weight in weights:
        egen += egen_weight
        teto += teto_weight
    return Score(egen, teto)


def whole_percents(counts: Sequence[int]) -> list[int]:
    """Each count's share of them all in whole percent, summing to 100 as shown; without anything counted, all zeros.

    The largest remainders are rounded up. Of equal remainders the smaller count's goes first, so that two counts
    that change places change their percentages with them.
    """
    whole = sum(counts)
    if not whole:
        return [0] * len(counts)
    percents = [100 * count // whole for count in counts]
    rounded_up_first = sorted(range(len(counts)), key=lambda place: (-(100 * counts[place] % whole), counts[place]))
    for place in rounded_up_first[: 100 - sum(percents)]:
        percents[place] += 1
    return percents
