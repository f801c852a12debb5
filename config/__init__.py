"""Settings and wiring. Celery's app is imported here so that `send_task` finds it in every process."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
