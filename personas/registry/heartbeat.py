"""A training run's heartbeat, from a thread of its own: a step may take longer than a dead trainer stays silent."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from personas.registry.models import TrainingRun
from personas.registry.runs import run_is_alive

EVERY_SECONDS = 10.0

logger = logging.getLogger(__name__)


@contextmanager
def beating(run: TrainingRun, every: float = EVERY_SECONDS) -> Iterator[None]:
    """Say every so many seconds that the run's process lives, for as long as the block takes."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(run, every, over), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def _beat(run: TrainingRun, every: float, over: threading.Event) -> None:
    lives = True
    while lives and not over.wait(every):
        try:
            lives = run_is_alive(run=run)  # False: cancelled or taken over, as its next step will notice
        except DatabaseError:
            logger.warning("run %s: a heartbeat could not be written", run.pk, exc_info=True)
        finally:
            connection.close()
