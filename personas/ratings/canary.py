"""How a candidate fares with visitors: its blind votes against the champion's."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from personas.ratings.intervals import wilson_interval
from personas.registry.models import AdapterVersion, Persona
from personas.voting.models import Vote

VERDICTS: dict[str, str | Promise] = {
    "better": _("후보가 더 사랑받습니다. 올려도 좋습니다."),
    "worse": _("현재 버전이 더 사랑받습니다. 후보를 거두는 편이 좋습니다."),
    "open": _("아직 어느 쪽이라고 말할 수 없습니다."),
}


@dataclass(frozen=True)
class CanaryTally:
    """Votes between two versions. `share` is how often the candidate is preferred; a tie is half a win to each."""

    candidate: AdapterVersion
    champion: AdapterVersion
    wins: int
    losses: int
    ties: int
    both_bad: int

    @property
    def votes(self) -> int:
        return self.wins + self.losses + self.ties + self.both_bad

    @property
    def share(self) -> float | None:
        """None where nobody has preferred anything yet."""
        return self._points / self.votes if self.votes else None

    @property
    def interval(self) -> tuple[float, float]:
        """The share's 95 % interval."""
        return wilson_interval(self._points, self.votes)

    @property
    def percent(self) -> int:
        """The share for a page; 50 where there is none."""
        return round(100 * (0.5 if self.share is None else self.share))

    @property
    def percent_low(self) -> int:
        return round(100 * self.interval[0])

    @property
    def percent_high(self) -> int:
        return round(100 * self.interval[1])

    @property
    def percent_width(self) -> int:
        return self.percent_high - self.percent_low

    @property
    def verdict_text(self) -> str | Promise:
        """The verdict for an operator."""
        return VERDICTS[self.verdict]

    @property
    def verdict(self) -> str:
        """ "better" or "worse" where the interval lies wholly on one side of a half, else "open"."""
        low, high = self.interval
        return "better" if low > 0.5 else "worse" if high < 0.5 else "open"

    @property
    def _points(self) -> float:
        return self.wins + (self.ties + self.both_bad) / 2


def canary_tally(persona: Persona) -> CanaryTally | None:
    """The votes between a persona's candidate and its champion. None where it has no candidate or no champion."""
    candidate, champion = persona.candidate, persona.champion
    if candidate is None or champion is None:
        return None
    pins = {candidate.pk: [[candidate.pk, 1.0]], champion.pk: [[champion.pk, 1.0]]}
    ours, theirs = pins[candidate.pk], pins[champion.pk]
    on_a = Q(comparison__reply_a__adapters=ours, comparison__reply_b__adapters=theirs)
    on_b = Q(comparison__reply_a__adapters=theirs, comparison__reply_b__adapters=ours)
    counted = Counter(
        [_outcome(choice, "a") for choice in Vote.objects.filter(on_a).values_list("choice", flat=True)]
        + [_outcome(choice, "b") for choice in Vote.objects.filter(on_b).values_list("choice", flat=True)]
    )
    return CanaryTally(candidate, champion, counted["win"], counted["loss"], counted["tie"], counted["both_bad"])


def _outcome(choice: str, own_side: str) -> str:
    if choice in (Vote.Choice.A, Vote.Choice.B):
        return "win" if choice == own_side else "loss"
    return choice
