"""The worker's own `/metrics`: the engine's figures as they are when asked, and what was measured on replies."""

import logging
from collections.abc import Callable, Iterator
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from inference_worker.engine import Figures
from inference_worker.reply_metrics import REPLY_METRICS

logger = logging.getLogger(__name__)


class EngineCollector(Collector):
    """Reads the engine's figures at every scrape."""

    def __init__(self, read: Callable[[], Figures | None]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        """Nothing while there is no engine yet: the figures are absent then, which Prometheus can alert on."""
        figures = self._read()
        if figures is None:
            return
        yield GaugeMetricFamily("egenteto_engine_running_replies", "Replies in the batch", figures.running)
        yield GaugeMetricFamily("egenteto_engine_waiting_replies", "Replies waiting for a row", figures.waiting)
        yield CounterMetricFamily(
            "egenteto_engine_prefilled_tokens", "Prompt tokens that were run", figures.prefilled_tokens
        )
        yield CounterMetricFamily(
            "egenteto_engine_generated_tokens", "Reply tokens made; their rate is tokens/s", figures.generated_tokens
        )
        yield CounterMetricFamily(
            "egenteto_engine_prefix_hits", "Prompts of which a part was known", figures.prefix_hits
        )
        yield CounterMetricFamily(
            "egenteto_engine_prefix_misses", "Prompts of which nothing was known", figures.prefix_misses
        )
        yield CounterMetricFamily(
            "egenteto_engine_reused_tokens", "Prompt tokens that were not run again", figures.reused_tokens
        )


def serve_metrics(address: str, port: int, read: Callable[[], Figures | None]) -> WSGIServer | None:
    """Answer Prometheus on http://address:port/metrics, from a thread of its own, until the process ends.

    Returns the server; None if `port` is 0 (off) or cannot be had. That is logged: a second worker on the machine
    finds the port taken, and should write replies all the same.
    """
    if not port:
        return None
    registry = CollectorRegistry()
    for collector in (EngineCollector(read), *REPLY_METRICS):
        registry.register(collector)
    try:
        server, _ = start_http_server(port, address, registry)
    except OSError as error:
        logger.warning(
            "no metrics of this worker: %s:%d cannot be used (%s); set WORKER_METRICS_PORT to a free port, or to 0",
            address,
            port,
            error,
        )
        return None
    logger.info("metrics of this worker: http://%s:%d/metrics", address, port)
    return server
