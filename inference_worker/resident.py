"""The one engine of this process: the base model and the adapters that replies have asked for.

A worker process holds one instance (`resident`), filled on first use and kept for the process's life. Adapter versions
are loaded when a reply first pins them, beside those already there; the oldest leave when too many have gathered.
"""

import logging
import threading
from collections import OrderedDict
from typing import Any

import torch

from inference_worker.adapter_files import read_adapter
from inference_worker.base_model import BaseModel, load_model, load_tokenizer, resolve_base_model
from inference_worker.chat_format import fit_into, stop_token_ids
from inference_worker.contracts import Sampling
from inference_worker.engine import Engine, EngineThread, Figures, Request, Running, Score, ScoreRequest
from inference_worker.reply_engine import CONTEXT_TOKENS, PinnedAdapter
from inference_worker.training.tokens import reply_ids

logger = logging.getLogger(__name__)

MAX_ADAPTERS = 8  # champions and their last versions; each costs about 1 % of the base's memory


class ResidentEngine:
    """Owns the engine thread and what is loaded into it. Safe to use from many task threads."""

    def __init__(self, base: BaseModel, *, quantization: str, slots: int) -> None:
        self.base = base
        self.slots = slots
        self.tokenizer = load_tokenizer(base)
        self.stop_ids = frozenset(stop_token_ids(self.tokenizer))
        model = load_model(base, quantization=quantization)
        self.thread = EngineThread(
            Engine(
                model,
                self.tokenizer,
                max_streams=slots,
                max_len=CONTEXT_TOKENS,
                max_waiting=slots * 4,
                int8=quantization == "auto",
            )
        )
        self._loaded: OrderedDict[str, None] = OrderedDict()  # names, the longest unused first
        self._lock = threading.Lock()

    def submit(self, messages: list[dict[str, str]], adapters: list[PinnedAdapter], sampling: Sampling) -> Running:
        """Ask for a reply to a chat, loading the adapter versions it pins where they are missing.

        Raises AdapterFileError or AdapterMismatch, naming the file, for an adapter that cannot be used, and the
        engine's EngineBusy or PromptTooLong.
        """
        _, prompt_ids = fit_into(CONTEXT_TOKENS - sampling.max_new_tokens, messages, self.tokenizer)
        request = Request(
            prompt_ids=tuple(prompt_ids),
            adapters={adapter.name: adapter.weight for adapter in adapters},
            sampling=sampling,
            stop_token_ids=self.stop_ids,
        )
        with self._lock:  # from loading to submitting, so that nobody unloads in between
            for adapter in adapters:
                self._ensure_loaded(adapter)
            return self.thread.submit(request)

    def score(self, messages: list[dict[str, str]], reply: str, adapters: list[PinnedAdapter]) -> Score:
        """How likely the reply is after the chat: sum of log-probabilities (nats) over its tokens and its end mark."""
        prompt_ids, scored_ids = reply_ids(messages, reply, self.tokenizer)
        weights = {adapter.name: adapter.weight for adapter in adapters}
        request = ScoreRequest(tuple(prompt_ids), tuple(scored_ids), weights)
        with self._lock:
            for adapter in adapters:
                self._ensure_loaded(adapter)
            return self.thread.score([request])[0]

    def _ensure_loaded(self, adapter: PinnedAdapter) -> None:
        if adapter.name in self._loaded:
            self._loaded.move_to_end(adapter.name)
            return
        files = read_adapter(adapter.folder, self.base.hash)
        self.thread.load_adapter(adapter.name, files.tensors, files.config)
        self._loaded[adapter.name] = None
        logger.info("loaded adapter %s from %s", adapter.name, adapter.folder)
        while len(self._loaded) > MAX_ADAPTERS:
            oldest, _ = self._loaded.popitem(last=False)
            self.thread.unload_adapter(oldest)  # running replies finish on it; its memory goes with the last of them

    def check(self) -> None:
        """Nothing to ask: this object exists when the model is loaded."""

    @property
    def figures(self) -> Figures:
        """How busy the engine is and what it has done; never waits for it."""
        return self.thread.figures

    def stop(self) -> None:
        """End the engine thread; running replies end as failed."""
        self.thread.stop()


_resident: ResidentEngine | None = None
_loading = threading.Lock()


def resident(**where: Any) -> ResidentEngine:
    """This process's engine, loaded by the first caller; the others wait for it.

    `where` is read by that first call alone: base_model, cache, quantization, slots.
    """
    global _resident
    with _loading:
        if _resident is None:
            base = resolve_base_model(where["base_model"], cache=where["cache"])
            logger.info("loading %s (%s) with %d threads", base.name, where["quantization"], torch.get_num_threads())
            _resident = ResidentEngine(base, quantization=where["quantization"], slots=where["slots"])
        return _resident


def figures() -> Figures | None:
    """How busy this process's engine is; None while there is none. Never loads it and never waits."""
    return _resident.figures if _resident else None
