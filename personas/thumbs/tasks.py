"""Celery tasks of the thumbs."""

from celery import shared_task


@shared_task(name="housekeeping.refresh_thumb_flags")
def refresh_thumb_flags() -> None:
    """Flag the waiting thumbs anew: how somebody judges shows only with time."""
    from personas.thumbs.flagging import thumbs_flag
    from personas.thumbs.models import Thumb

    waiting = Thumb.objects.filter(status=Thumb.Status.PENDING)
    thumbs_flag(thumbs=waiting.select_related("reply__turn__conversation"))
