"""Figures for Prometheus, counted when asked."""

from collections.abc import Iterator

import redis
from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from personas.care.models import CareCount
from personas.chat.models import Reply
from personas.curation.models import PreferencePair
from personas.registry.models import TrainingRun


class SiteCollector(Collector):
    """Counts rows by status, and what waits in the broker's queues."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _by_status("egenteto_replies", "Replies by status", Reply)
        yield _by_status("egenteto_preference_pairs", "Preference pairs by status", PreferencePair)
        yield _by_status("egenteto_training_runs", "Training runs by status", TrainingRun)
        yield _care_of_today()
        queues = GaugeMetricFamily("egenteto_queue_length", "Tasks waiting in the broker", labels=["queue"])
        for queue, length in _queue_lengths().items():
            queues.add_metric([queue], length)
        yield queues


def _by_status(name: str, meaning: str, model: type) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=["status"])
    counts = model.objects.order_by().values_list("status").annotate(Count("pk"))  # type: ignore[attr-defined]
    for status, count in counts:
        family.add_metric([status], count)
    return family


def _care_of_today() -> GaugeMetricFamily:
    """How many messages of each kind of danger came today; who wrote them and what is told nowhere."""
    family = GaugeMetricFamily("egenteto_care_today", "Messages answered in care today by kind", labels=["kind"])
    for kind, count in CareCount.objects.filter(day=localdate()).values_list("kind", "count"):
        family.add_metric([kind], count)
    return family


def _queue_lengths() -> dict[str, int]:
    """Empty when Redis does not answer: the gauge is absent then, which Prometheus can alert on."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            return {queue: client.llen(queue) for queue in ("generate", "housekeeping", "train")}
    except redis.RedisError:
        return {}


def metrics(request: HttpRequest) -> HttpResponse:
    """The page that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(SiteCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
