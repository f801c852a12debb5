"""Ratings, counted by the housekeeping and looked up by the pages."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class RatingReport(models.Model):
    """The ratings of one group: a persona's versions, named by its slug, or the personas against each other.

    `figures` is what `report.build_report` returns.
    """

    PERSONAS = "personas"

    group = models.CharField(_("무엇의 순위"), max_length=50, unique=True)
    figures: Any = models.JSONField(_("수치"))
    made_at = models.DateTimeField(_("센 때"), auto_now=True)

    class Meta:
        ordering = ["group"]
        verbose_name = _("순위")
        verbose_name_plural = _("순위")

    def __str__(self) -> str:
        return self.group
