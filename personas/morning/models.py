"""Which mornings' summaries have been mailed."""

from django.db import models


class SummaryMail(models.Model):
    """One day's mail, sent once however many beats there are."""

    day = models.DateField(unique=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"summary of {self.day}"
