"""Reads of grading: rounds by name, and how a version of the registry stands in the newest round that is closed."""

from personas.grading.errors import RoundUnknown
from personas.grading.models import GradingItem, GradingRound
from personas.grading.report import VersionGrades, version_grades
from personas.registry.models import AdapterVersion


def round_get(*, name: str) -> GradingRound:
    """The round of this name. Raises RoundUnknown, which names those that there are."""
    found = GradingRound.objects.filter(name=name).first()
    if found is None:
        raise RoundUnknown(name, list(GradingRound.objects.values_list("name", flat=True)))
    return found


def grades_standing(version: AdapterVersion) -> tuple[GradingRound, VersionGrades] | None:
    """The newest closed round in which replies of this version were graded, and how; None where there is none."""
    graded = GradingRound.objects.filter(closed_at__isnull=False, items__adapter=version, items__grades__isnull=False)
    newest = graded.order_by("-closed_at", "-pk").first()
    if newest is None:
        return None
    items = GradingItem.objects.filter(round=newest, adapter=version).select_related("persona")
    return newest, version_grades(list(items.prefetch_related("grades")))
