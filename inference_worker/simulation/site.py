"""A site of its own for an experiment: an empty database, an empty folder, a broker that nobody listens to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import override_settings

from config.celery import app as celery_app
from personas.registry.shipped import persona_load_all, shipped_load_all


def _apart_from_the_live_site(folder: str) -> override_settings:
    """Its folder, and no limits: those are counted in the Redis of the site that really runs."""
    return override_settings(VAR_DIR=Path(folder), MESSAGES_A_MINUTE=0, REPLIES_A_DAY=0, MAX_RUNNING_REPLIES=0)


@contextmanager
def throwaway_site() -> Iterator[None]:
    """Inside, the ORM and VAR_DIR lead to a fresh site with the shipped personas; afterwards it is gone.

    The site that really runs is neither read nor written: no visitor, vote or adapter of it takes part.
    """
    live_name, test_name = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    broker = celery_app.conf.broker_url
    with tempfile.TemporaryDirectory(prefix="simulated-site-") as folder, _apart_from_the_live_site(folder):
        is_file = connection.vendor == "sqlite"
        connection.settings_dict["TEST"]["NAME"] = f"{folder}/db.sqlite3" if is_file else f"simulation_{os.getpid()}"
        celery_app.conf.broker_url = "memory://"
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            persona_load_all()
            list(shipped_load_all())
            yield
        finally:
            connection.creation.destroy_test_db(live_name, verbosity=0)
            connection.settings_dict["TEST"]["NAME"] = test_name
            celery_app.conf.broker_url = broker
