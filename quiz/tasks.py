"""Celery tasks of the test. The figures' libraries are loaded inside, since beat reads this file too."""

from celery import shared_task


@shared_task(name="housekeeping.refresh_item_reports")
def refresh_item_reports() -> None:
    """Count anew how the questions of each test measure."""
    from quiz.measuring import item_reports_refresh

    item_reports_refresh()
