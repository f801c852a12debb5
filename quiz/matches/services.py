"""Everything that writes matches."""

from django.db import transaction

from quiz.errors import MatchRefused
from quiz.models import Match, Result


@transaction.atomic
def match_make(*, own: Result, others: Result) -> Match:
    """The match of two results, made by whoever of the two comes second to the other's link.

    Raises MatchRefused where both are one person's, or of two tests.
    """
    of_one_test = own.attempt.quiz_id == others.attempt.quiz_id
    if not of_one_test or own.attempt.visitor_id == others.attempt.visitor_id:
        raise MatchRefused
    earlier, later = sorted((own, others), key=lambda result: result.pk)
    match, _ = Match.objects.get_or_create(earlier=earlier, later=later)
    return match


def match_delete(*, match: Match) -> None:
    """Take the match off the site. The two results stay, and whoever still has both links can match them again."""
    match.delete()
