"""The Celery application. Web, worker, trainer and beat share it; only the worker and the trainer import task code."""

import os

from celery import Celery
from celery.signals import worker_process_init

from config.serving.tied import end_once_orphaned

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("egenteto")
app.config_from_object("django.conf:settings", namespace="CELERY")
# The web side sends tasks by name (inference_worker.contracts), so it never imports this module's torch.
app.autodiscover_tasks(
    [
        "inference_worker",
        "personas.care",
        "personas.curation",
        "personas.morning",
        "personas.ratings",
        "personas.thumbs",
        "quiz",
    ]
)


@worker_process_init.connect
def end_with_the_trainer(**kwargs) -> None:
    """A training whose trainer was killed would go on beside the one that takes the run up again."""
    end_once_orphaned()
