"""What Prometheus learns from replies as they are written: how fast the words come, and how replies end.

Labelled by persona and adapter version, so that a new champion can be told from the one before.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence

from prometheus_client import Counter, Histogram

from inference_worker.engine import Delta

MAX_LABELLED = 32  # persona versions remembered; every night may bring one more, and a worker lives for months
SECONDS = (0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LABELS = ("persona", "version")

# No registry yet: the worker's page (metrics_page) takes them into its own.
TIME_TO_FIRST_TOKEN = Histogram(
    "egenteto_time_to_first_token_seconds",
    "From the worker's asking the engine to the reply's first text",
    LABELS,
    buckets=SECONDS,
    registry=None,
)
INTER_TOKEN_LATENCY = Histogram(
    "egenteto_inter_token_latency_seconds",
    "Between two tokens of a reply; tokens whose text came together share its time",
    LABELS,
    buckets=SECONDS,
    registry=None,
)
ENDED_REPLIES = Counter(
    "egenteto_ended_replies",
    "Replies that ended: done, stopped, or the word for what went wrong",
    (*LABELS, "end"),
    registry=None,
)
REPLY_METRICS = (TIME_TO_FIRST_TOKEN, INTER_TOKEN_LATENCY, ENDED_REPLIES)


class ReplyMeter:
    """Measures one reply from the moment it is asked for. Used by one thread."""

    def __init__(self, adapters: Sequence[str]) -> None:
        """`adapters` are names as `egen@v3`: one for a persona, several for a blend, none for the base."""
        self._labels = _labels(adapters)
        _remember(self._labels)
        self._asked_at = self._last_at = time.monotonic()
        self._tokens = 0
        self._has_text = False

    def saw(self, delta: Delta) -> None:
        """Take note of a delta that has just arrived."""
        now, new_tokens = time.monotonic(), delta.tokens - self._tokens
        if self._has_text:
            for _ in range(new_tokens):
                INTER_TOKEN_LATENCY.labels(*self._labels).observe((now - self._last_at) / new_tokens)
        elif delta.text:
            TIME_TO_FIRST_TOKEN.labels(*self._labels).observe(now - self._asked_at)
            self._has_text = True
        self._last_at, self._tokens = now, delta.tokens

    def ended(self, end: str) -> None:
        """Count the reply under how it ended: `done`, `stopped`, or an error word."""
        ENDED_REPLIES.labels(*self._labels, end).inc()


def _labels(adapters: Sequence[str]) -> tuple[str, str]:
    """Persona and version. A blend's adapters and weights are the visitor's choice: as labels they would never end."""
    if len(adapters) != 1:
        return ("blend" if adapters else "base", "")
    persona, _, version = adapters[0].partition("@")
    return persona, version


_remembered: OrderedDict[tuple[str, str], None] = OrderedDict()  # the longest unused first
_remembering = threading.Lock()


def _remember(labels: tuple[str, str]) -> None:
    """Keep the series of these labels, and drop those of the longest unused ones when there are too many."""
    with _remembering:
        _remembered[labels] = None
        _remembered.move_to_end(labels)
        while len(_remembered) > MAX_LABELLED:
            oldest, _ = _remembered.popitem(last=False)
            for metric in REPLY_METRICS:
                metric.remove_by_labels(dict(zip(LABELS, oldest, strict=True)))
