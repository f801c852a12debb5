"""Celery tasks of the curation desk."""

from celery import shared_task


@shared_task(name="housekeeping.refresh_pair_flags")
def refresh_pair_flags() -> None:
    """Flag the waiting pairs anew: how a voter votes shows only with time."""
    from personas.curation.flagging import pairs_flag
    from personas.curation.models import PreferencePair

    pairs_flag(pairs=PreferencePair.objects.undecided())
