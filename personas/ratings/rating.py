"""Counting the ratings anew, for the housekeeping; this loads numpy, so no page imports it."""

from personas.ratings.ballots import ballots_by_group
from personas.ratings.models import RatingReport
from personas.ratings.report import build_report
from personas.registry.selectors import personas_active


def ratings_refresh() -> None:
    """Count every group's ratings and keep them where the pages look them up. A group nobody voted in says so."""
    ballots = ballots_by_group()
    for group in [*(persona.slug for persona in personas_active()), RatingReport.PERSONAS]:
        figures = build_report(ballots.get(group, []))
        RatingReport.objects.update_or_create(group=group, defaults={"figures": figures})
