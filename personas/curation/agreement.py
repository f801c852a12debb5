"""How well curators agree beyond what chance would give: Cohen's kappa over the pairs that two of them judged."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from personas.curation.models import Decision, PreferencePair


@dataclass(frozen=True)
class Agreement:
    """How two people agree on what both judged. `kappa` and its 95 % interval are None where both said the same thing
    always."""

    people: tuple[str, str]
    judged: int
    share: float
    kappa: float | None
    low: float | None
    high: float | None

    @property
    def percent(self) -> int:
        """The share on which they agree."""
        return round(100 * self.share)


def cohens_kappa(said: Sequence[tuple[str, str]]) -> tuple[float | None, float | None]:
    """Kappa and its standard error, from what two people said of each thing (Cohen 1960).

    kappa = (observed - expected) / (1 - expected); None where both said one and the same word always.
    """
    total = len(said)
    observed = sum(one == other for one, other in said) / total
    first, second = Counter(one for one, _ in said), Counter(other for _, other in said)
    expected = sum(first[word] * second[word] for word in first) / total**2
    if expected == 1:
        return None, None
    error = sqrt(observed * (1 - observed) / total) / (1 - expected)
    return (observed - expected) / (1 - expected), error


def agreements() -> list[Agreement]:
    """One for each two curators who judged the same pairs, those with the most in common first."""
    by_two: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for opinions in _opinions_by_pair().values():
        if len(opinions) == 2:
            (one, first), (other, second) = sorted(opinions)
            by_two[one, other].append((first, second))
    return sorted(
        (agreement_between(two, said) for two, said in by_two.items()), key=lambda agreement: -agreement.judged
    )


def _opinions_by_pair() -> dict[int, list[tuple[str, str]]]:
    opinions: dict[int, list[tuple[str, str]]] = defaultdict(list)
    verdicts = Decision.objects.standing_verdicts().filter(pair__opinions_wanted=2)
    for pair, curator, deed in verdicts.values_list("pair", "by__username", "deed"):
        opinions[pair].append((curator, deed))
    return opinions


def agreement_between(people: tuple[str, str], said: Sequence[tuple[str, str]]) -> Agreement:
    """How two people agree, from what both said of each thing that both judged."""
    kappa, error = cohens_kappa(said)
    share = sum(one == other for one, other in said) / len(said)
    if kappa is None or error is None:
        return Agreement(people, len(said), share, None, None, None)
    return Agreement(people, len(said), share, kappa, max(kappa - 1.96 * error, -1), min(kappa + 1.96 * error, 1))


def pairs_disputed() -> Any:
    """Pairs on which two curators disagree, the oldest first."""
    disputed = PreferencePair.objects.filter(status=PreferencePair.Status.DISPUTED).select_related("persona")
    return disputed.prefetch_related("flags__twin").order_by("created_at")


def opinions_on(pair: PreferencePair) -> Any:
    """Who said what about a pair, in the order in which they said it."""
    return pair.decisions.standing_verdicts().select_related("by").order_by("pk")
