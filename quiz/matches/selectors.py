"""Everything that only reads matches."""

import uuid
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from quiz.compatibility import compatibility, in_order
from quiz.models import Match, Quiz, Result, TypePair
from quiz.scoring import Kind


@dataclass(frozen=True)
class Pair:
    """A match as its page and its picture tell it: the one nearer to egen first, the same for whoever looks."""

    match: Match

    @cached_property
    def results(self) -> tuple[Result, Result]:
        """Both, by their share of egen."""
        earlier, later = self.match.earlier, self.match.later
        return (earlier, later) if earlier.egen_percent >= later.egen_percent else (later, earlier)

    @property
    def quiz(self) -> Quiz:
        """The test that both took."""
        return self.match.earlier.attempt.quiz

    @cached_property
    def score(self) -> int:
        """How well they go together, 0 to 100."""
        return compatibility(*(result.egen_percent for result in self.results))

    @cached_property
    def words(self) -> TypePair | None:
        """What the test says about two of these kinds; None in a test whose curators wrote nothing."""
        first, second = in_order(*(Kind(result.type.kind) for result in self.results))
        return TypePair.objects.filter(quiz=self.quiz, first=first, second=second).first()

    def own_result(self, visitor_id: uuid.UUID | None) -> Result | None:
        """The result of the two that is this visitor's; None for everyone else."""
        return next((result for result in self.results if result.attempt.visitor_id == visitor_id), None)


_MATCHES = Match.objects.select_related("earlier__type", "later__type", "earlier__attempt__quiz", "later__attempt")


def pair_behind(token: str) -> Pair | None:
    """The match behind a link."""
    match = _MATCHES.filter(token=token).first()
    return Pair(match) if match else None


def pairs_of(result: Result) -> list[tuple[Pair, Result]]:
    """The matches of this result, the newest first, each with the other's result."""
    matches = _MATCHES.filter(Q(earlier=result) | Q(later=result))
    return [(Pair(match), match.later if match.earlier_id == result.pk else match.earlier) for match in matches]


def match_after(result: Result) -> Match | None:
    """The match that a walk was begun for, once its result is there; None for whoever nobody invited."""
    inviting = result.attempt.invited_by_id
    if inviting is None:
        return None
    return Match.objects.filter(Q(earlier_id=inviting, later=result) | Q(earlier=result, later_id=inviting)).first()


def inviting_result(*, token: str, quiz: Quiz, visitor_id: uuid.UUID | None) -> Result | None:
    """The result of someone else whose link brought this visitor to the test; None for what is no such link."""
    found = Result.objects.filter(token=token, attempt__quiz=quiz).select_related("type", "attempt").first()
    return found if found and found.attempt.visitor_id != visitor_id else None
