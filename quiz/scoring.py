"""From chosen answers to percentages and a type. Pure functions: no database, no request."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# In percent of the stronger axis. Below MILD the two are too close to call; from STRONG on, two answers in three lean
# one way, which tapping at random reaches about once in eight walks.
MILD = 55
STRONG = 67
# Where each kind begins, in percent egen and in the order of Kind; the last takes the rest. Teto's bands mirror egen's.
_LOWEST_EGEN_PERCENT = (STRONG, MILD, 101 - MILD, 101 - STRONG)


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
        return _share(self.egen, self.teto)

    @property
    def teto_percent(self) -> int:
        """Teto's share: what egen leaves of 100."""
        return 100 - self.egen_percent

    @property
    def kind(self) -> Kind:
        """The type these points belong to. Equal points are balanced."""
        bands_above = sum(self.egen_percent < lowest for lowest in _LOWEST_EGEN_PERCENT)
        return list(Kind)[bands_above]


def total(weights: Iterable[tuple[int, int]]) -> Score:
    """Add up the (egen, teto) weights of the chosen answers."""
    egen = teto = 0
    for egen_weight, teto_weight in weights:
        egen += egen_weight
        teto += teto_weight
    return Score(egen, teto)


def _share(egen: int, teto: int) -> int:
    """Round the smaller share and give the rest to the larger, so that swapping the axes swaps the percentages."""
    if egen == teto:
        return 50
    smaller = min(egen, teto)
    points = egen + teto
    rounded = (200 * smaller + points) // (2 * points)
    return rounded if egen < teto else 100 - rounded
