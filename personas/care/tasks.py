"""Celery tasks of care."""

from celery import shared_task

from inference_worker.contracts import FORGET_CARE
from personas.care.services import words_forget


@shared_task(name=FORGET_CARE)
def forget_care() -> None:
    """What was said in care is kept no longer than /privacy/ says."""
    words_forget()
