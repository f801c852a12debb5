"""An experiment has a site of its own, and leaves the real one as it was."""

import uuid

import pytest
from django.conf import settings as live_settings
from django.db import connection

from config.celery import app as celery_app
from inference_worker.simulation.site import throwaway_site
from personas.privacy.models import Visitor
from personas.privacy.services import visitor_ensure
from personas.registry.models import Persona

pytestmark = pytest.mark.django_db(transaction=True)


def where_it_is() -> tuple:
    return connection.settings_dict["NAME"], live_settings.VAR_DIR, celery_app.conf.broker_url


def test_nobody_real_takes_part_and_nothing_stays():
    visitor_ensure(visitor_id=uuid.uuid4())
    before = where_it_is()
    with throwaway_site():
        assert where_it_is()[0] != before[0] and where_it_is()[1] != before[1]
        assert Visitor.objects.count() == 0
        assert set(Persona.objects.values_list("slug", flat=True)) == {"egen", "teto"}
        visitor_ensure(visitor_id=uuid.uuid4())
        visitor_ensure(visitor_id=uuid.uuid4())
        folder = live_settings.VAR_DIR
    assert where_it_is() == before
    assert Visitor.objects.count() == 1
    assert not folder.exists()


def test_a_failed_experiment_is_cleared_away_too():
    before = where_it_is()
    with pytest.raises(RuntimeError, match="power cut"), throwaway_site():
        raise RuntimeError("power cut")
    assert where_it_is() == before
