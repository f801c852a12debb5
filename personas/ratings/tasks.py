"""Celery tasks of the ratings. numpy is loaded inside, since beat reads this file too."""

from celery import shared_task


@shared_task(name="housekeeping.refresh_ratings")
def refresh_ratings() -> None:
    """Count anew how versions and personas stand."""
    from personas.ratings.rating import ratings_refresh

    ratings_refresh()
