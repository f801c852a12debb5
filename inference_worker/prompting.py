"""What the worker lets a reply read: the one composer of this process, and which versions read exemplars at all.

The index begins with the repository's exchanges; what curators let in or take out is brought in at most
`REFRESH_SECONDS` later. A reply keeps the index that it began with.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from inference_worker.adapter_files import read_manifest
from inference_worker.exemplars.composer import Asked, Composer, Composition
from inference_worker.exemplars.exchanges import Exchange
from inference_worker.exemplars.index import ExemplarIndex
from inference_worker.exemplars.prompt_form import EXEMPLAR_FORM, PLAIN_FORM
from inference_worker.reply_engine import PinnedAdapter
from inference_worker.training.rows import Message
from inference_worker.training.seed_data import ENCODER, SEED_DATA

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 15

# What the desk lets in now; given by whoever knows the database.
LiveExchanges = Callable[[], Iterable[Exchange]]


class ComposerInUse:
    """A composer that keeps up with the desk. Safe to use from many threads; the encoder is loaded on first use."""

    def __init__(self, load: Callable[[], Composer], live: LiveExchanges) -> None:
        self._load, self._live = load, live
        self._composer: Composer | None = None
        self._shown: set[str] = set()  # ids of the desk's exchanges that the index has
        self._refreshed = 0.0
        self._lock = threading.Lock()

    def compose(self, messages: Sequence[Message], asked: Asked) -> Composition:
        """The prompt of a reply to the talk's newest message."""
        return self.ready().compose(messages, asked)

    def ready(self) -> Composer:
        """The composer, loaded by the first caller and brought up to date by whoever comes when it is time."""
        with self._lock:
            if self._composer is None:
                self._composer = self._load()
            if time.monotonic() - self._refreshed >= REFRESH_SECONDS:
                self._refresh(self._composer)
                self._refreshed = time.monotonic()
            return self._composer

    def _refresh(self, composer: Composer) -> None:
        live = {exchange.id: exchange for exchange in self._live()}
        added = [exchange for name, exchange in live.items() if name not in self._shown]
        removed = self._shown - live.keys()
        if added or removed:
            composer.index = composer.index.with_changes(added, removed, composer.encoder)
            self._shown = set(live)
            logger.info("exemplars of the desk: %d new, %d gone, %d in all", len(added), len(removed), len(live))


def load_composer(cache: Path, *, reads_talk: bool) -> Composer:
    """Over the repository's exchanges of every split but the test's. Raises EncoderError, BaseModelError, RowError."""
    from inference_worker.exemplars.encoder import load_encoder
    from inference_worker.exemplars.vectors import ShippedVectors

    encoder = ShippedVectors(ENCODER, load_encoder(ENCODER, cache))
    index = ExemplarIndex.of(SEED_DATA.exchanges("train", "validation"), encoder)
    return Composer(encoder, index, SEED_DATA.modest_replies(), reads_talk=reads_talk)


def reads_exemplars(adapters: Sequence[PinnedAdapter]) -> bool:
    """Whether all that speak were trained with exemplars before a message; a version of another form reads the talk
    alone, as it was trained."""
    return bool(adapters) and all(_form(adapter.folder) == EXEMPLAR_FORM for adapter in adapters)


@lru_cache(maxsize=256)  # a version's files never change
def _form(folder: Path) -> str:
    return read_manifest(folder).get("prompt_form", PLAIN_FORM)


def asked_of(adapters: Sequence[PinnedAdapter], facts: dict[str, str], now: datetime, seed: int) -> Asked:
    """What a reply is asked for, by the adapters that speak in it, the louder ones first."""
    loud = sorted(adapters, key=lambda adapter: -adapter.weight)
    return Asked(tuple(dict.fromkeys(adapter.persona for adapter in loud)), facts, now, seed)
