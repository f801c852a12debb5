"""Reads of ratings."""

from personas.ratings.chart import RatingRow, rating_rows
from personas.ratings.models import RatingReport
from personas.registry.models import Persona
from personas.registry.selectors import personas_active


def public_ratings() -> list[tuple[Persona, RatingReport, list[RatingRow]]]:
    """For everyone: each public persona whose versions have been compared often enough."""
    reports = {report.group: report for report in RatingReport.objects.all()}
    rated = [(persona, reports[persona.slug]) for persona in personas_active() if persona.slug in reports]
    return [(persona, report, rating_rows(report)) for persona, report in rated if report.figures["rows"]]
