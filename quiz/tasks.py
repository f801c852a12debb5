"""Celery tasks of the test. The figures' libraries are loaded inside, since beat reads this file too."""

from celery import shared_task


@shared_task(name="housekeeping.refresh_item_reports")
def refresh_item_reports() -> None:
    """Count anew how the questions of each test measure, and what came of wordings that are tried."""
    from quiz.measuring import item_reports_refresh, trials_refresh

    item_reports_refresh()
    trials_refresh()


@shared_task(name="housekeeping.reconcile_takers")
def reconcile_takers() -> None:
    """Put the live counters right from the database."""
    from quiz.live.counters import reconcile

    reconcile()
