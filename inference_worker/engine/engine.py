"""The step loop: one call, one piece of a prompt or one decode step, and what came of it."""

import logging
from collections.abc import Iterable, Mapping
from collections.abc import Sequence as SequenceOf
from itertools import count
from typing import Any, cast

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.errors import (
    BadRequest,
    EngineError,
    OutOfMemory,
    PromptTooLong,
    RequestFailed,
    StepFailed,
)
from inference_worker.engine.figures import Figures
from inference_worker.engine.out_of_memory import is_out_of_memory
from inference_worker.engine.prefix_cache import PrefixCache
from inference_worker.engine.request import Delta, FinishReason, Request
from inference_worker.engine.rows import Rows
from inference_worker.engine.runner import Runner
from inference_worker.engine.sampler import INVALID, Sampler
from inference_worker.engine.scheduler import Decode, Prefill, Scheduler
from inference_worker.engine.scoring import Score, ScoreRequest, score
from inference_worker.engine.sequence import Sequence

logger = logging.getLogger(__name__)

Event = tuple[Sequence, Delta]


class Engine:
    """Many replies, many adapters, one frozen model. Not thread-safe: EngineThread gives it a thread of its own.

    The model's linear layers are wrapped in place as adapters are loaded; nothing else may use it meanwhile.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        max_streams: int = 16,
        max_len: int = 2048,
        max_waiting: int = 64,
        prefill_tokens: int = 96,
        prefix_tokens: int = 8192,
        int8: bool = False,
    ) -> None:
        """
        Args:
            model: a causal language model in eval mode.
            max_streams: how many replies run at once; each may take `max_len` tokens of cache.
            max_len: tokens of prompt and reply together, at most what the model was made for.
            max_waiting: how many requests may wait for a free row.
            prefill_tokens: the most prompt tokens that one step runs. Running replies wait for them; fewer make their
                gaps smaller and a long prompt slower, since each piece reads the whole model once.
            prefix_tokens: how many tokens of earlier prompts and replies are kept for prompts that begin alike. They
                take the memory of as many tokens in rows: 300 MB for Gemma 3 270M in float32 if all are used.
            int8: hold the weights in int8 where the engine has a forward of its own for the model (Gemma 3 on a CPU).

        Raises:
            UnsupportedModel: the model has layers that cannot be batched.
        """
        self.max_len = min(max_len, model.config.get_text_config().max_position_embeddings)
        self._bank = AdapterBank(model)
        self._runner = Runner(model, self._bank, slots=max_streams, max_len=self.max_len, int8=int8)
        sampler = Sampler(max_streams, self._runner.vocab_size, self._runner.device)
        self.prefixes = PrefixCache(prefix_tokens)
        self._rows = Rows(self._runner, sampler, self.prefixes, prefill_tokens=prefill_tokens)
        self._scheduler = Scheduler(max_streams, max_waiting)
        self._tokenizer = tokenizer
        self._numbers = count()
        self._generated_tokens = 0

    @property
    def idle(self) -> bool:
        """True if no reply runs or waits."""
        return self._scheduler.idle

    @property
    def running(self) -> int:
        """How many replies hold a row."""
        return len(self._scheduler.rows)

    @property
    def waiting(self) -> int:
        """How many replies wait for a row."""
        return len(self._scheduler.waiting)

    @property
    def adapters(self) -> tuple[str, ...]:
        """Names that a new request may use."""
        return self._bank.names

    @property
    def adapter_references(self) -> int:
        """How many uses of adapters by live replies there are."""
        return self._bank.references

    @property
    def figures(self) -> Figures:
        """How busy the engine is and what it has done. May be read from any thread."""
        return Figures(
            running=self.running,
            waiting=self.waiting,
            prefilled_tokens=self._rows.prefilled_tokens,
            generated_tokens=self._generated_tokens,
            prefix_hits=self.prefixes.hits,
            prefix_misses=self.prefixes.misses,
            reused_tokens=self.prefixes.reused_tokens,
        )

    @torch.inference_mode()
    def load_adapter(self, name: str, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> None:
        """Put an adapter beside the others.

        Args:
            tensors: under PEFT's names, `base_model.model.<layer>.lora_A.weight` [rank, in] and `lora_B` [out, rank].
            config: PEFT's adapter_config: `r`, `lora_alpha`, `use_rslora`.

        Raises:
            AdapterMismatch: the message names the tensor or setting that doesn't fit; nothing was changed.
            AdapterNameTaken: the name is in use.
        """
        self._bank.load(name, tensors, config)

    @torch.inference_mode()
    def unload_adapter(self, name: str) -> None:
        """Refuse the name from now on; replies that use it finish with it. Raises UnknownAdapter."""
        self._bank.unload(name)
        self.prefixes.forget_unloaded()

    def submit(self, request: Request) -> Sequence:
        """Queue a request. Raises EngineBusy, PromptTooLong, UnknownAdapter or BadRequest."""
        if len(request.prompt_ids) >= self.max_len:
            raise PromptTooLong(
                f"The prompt has {len(request.prompt_ids)} tokens; at most {self.max_len - 1} leave room for a reply."
            )
        self._check_ids(request.prompt_ids)
        self._check_ids(request.stop_token_ids)
        self._scheduler.waiting.check_room()
        mix = self._bank.acquire(request.adapters)
        sequence = Sequence(next(self._numbers), request, mix, self.max_len, self._decode_text)
        self._scheduler.waiting.put(sequence)
        return sequence

    def step(self) -> list[Event]:
        """Drop what was cancelled, then run a piece of a prompt or a decode step. Never raises for a failing reply."""
        events = [
            self._end(sequence, "cancelled")
            for sequence in (*self._scheduler.rows, *self._scheduler.waiting)
            if sequence.cancelled
        ]
        work = self._scheduler.next()
        return events + (self._run(work) if work else [])

    def score(self, requests: SequenceOf[ScoreRequest]) -> list[Score]:
        """Log-probabilities of given replies, in the order asked. Raises PromptTooLong, UnknownAdapter, BadRequest."""
        for request in requests:
            tokens = len(request.prompt_ids) + len(request.reply_ids)
            if tokens > self.max_len:
                raise PromptTooLong(f"Prompt and reply have {tokens} tokens; at most {self.max_len} can be scored.")
            self._check_ids((*request.prompt_ids, *request.reply_ids))
        return score(self._runner, self._bank, requests)

    def fail_all(self, error: EngineError) -> list[Event]:
        """End every reply, running or waiting, with `error`."""
        return [self._end(sequence, "failed", error) for sequence in (*self._scheduler.rows, *self._scheduler.waiting)]

    def _run(self, work: Prefill | Decode) -> list[Event]:
        """Compute a step and hand out its tokens, or end those for whom it failed."""
        try:
            tokens = self._rows.run(work)
        except Exception as error:
            logger.exception("A step of %d replies failed.", len(work.sequences))
            failure = _failure(work, error)
        else:
            if isinstance(work, Prefill) and tokens:
                self._scheduler.join(work.sequence)
            return [event for sequence, token in tokens.items() for event in self._advance(sequence, token)]
        # Out here and not above: an error that is being handled keeps the tensors of its step alive.
        if isinstance(failure, OutOfMemory):
            return self._run_with_less(work, failure)
        return [self._end(sequence, "failed", failure) for sequence in work.sequences]

    def _run_with_less(self, work: Prefill | Decode, failure: OutOfMemory) -> list[Event]:
        """Run a step again without the kept prefixes or, if there are none, without its newest reply."""
        if self.prefixes.clear():
            return self._run(work)
        newest = max(work.sequences, key=lambda sequence: sequence.number)
        ended = self._end(newest, "failed", failure)
        rest = self._scheduler.rest_of(work)
        return [ended, *(self._run(rest) if rest else [])]

    def _advance(self, sequence: Sequence, token: int) -> list[Event]:
        """Hand a reply its next token. Whatever goes wrong here is this reply's alone."""
        if token == INVALID:
            return [self._end(sequence, "failed", RequestFailed("The model's output for this reply is not a number."))]
        self._generated_tokens += 1
        try:
            delta = sequence.accept(token)
        except Exception as error:
            logger.exception("Token %d could not be added to its reply.", token)
            return [self._end(sequence, "failed", RequestFailed(f"Token {token} has no text: {_describe(error)}"))]
        if delta is None:
            return []
        if delta.finish:
            self._release(sequence)
        return [(sequence, delta)]

    def _end(self, sequence: Sequence, finish: FinishReason, error: EngineError | None = None) -> Event:
        """End a reply before its time."""
        delta = sequence.end(finish, error)
        self._release(sequence)
        return sequence, delta

    def _release(self, sequence: Sequence) -> None:
        """Give back an ended reply's row and its adapters; what it computed is kept for the next turn."""
        if sequence in self._scheduler.rows and not sequence.failed:
            self._rows.keep(sequence, self._scheduler.rows.index(sequence))
        for source, target in self._scheduler.leave(sequence):
            self._rows.move(source, target, self._scheduler.rows[target].computed)
        self._bank.release(sequence.mix)

    def _decode_text(self, ids: SequenceOf[int]) -> str:
        return cast(
            str, self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        )

    def _check_ids(self, ids: Iterable[int]) -> None:
        """Raise BadRequest for a token that the model doesn't have: on a GPU it would end the process."""
        if not all(0 <= token < self._runner.vocab_size for token in ids):
            raise BadRequest(f"Token ids must be from 0 to {self._runner.vocab_size - 1}.")


def _failure(work: Prefill | Decode, error: Exception) -> EngineError:
    if is_out_of_memory(error):
        return OutOfMemory(f"Memory ran out and the newest reply was given up. Try again in a moment. ({error})")
    if isinstance(work, Prefill):
        return RequestFailed(f"The prompt could not be run: {_describe(error)}")
    return StepFailed(f"The step of {len(work.sequences)} replies failed: {_describe(error)}")


def _describe(error: Exception) -> str:
    """An error's own words. The error itself is dropped: its traceback would keep the step's tensors alive."""
    return f"{type(error).__name__}: {error}"
