"""llama.cpp with many sequences in one batch, through llama-cpp-python's C interface."""

import tempfile
import time
from pathlib import Path

import llama_cpp
import numpy as np
import torch

from benchmarks._workload import REPLY_TOKENS, Round, Times, prompts, resolve_base
from inference_worker.base_model import load_tokenizer
from inference_worker.embedded.source import FILE_NAME, assemble, packaged_chunks

CONTEXT = 160  # tokens a stream may take


class Sequences:
    """One model, and a context for as many streams as are asked for."""

    def __init__(self, path: Path) -> None:
        llama_cpp.llama_backend_init()
        llama_cpp.llama_log_set(_SILENT, None)
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
        vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        self._vocab_size = llama_cpp.llama_vocab_n_tokens(vocabulary)

    def open(self, streams: int) -> None:
        """Make room for `streams` sequences."""
        settings = llama_cpp.llama_context_default_params()
        settings.n_seq_max, settings.n_ctx = streams, streams * CONTEXT
        settings.n_batch = settings.n_ubatch = 512
        settings.n_threads = settings.n_threads_batch = torch.get_num_threads()
        self._context = llama_cpp.llama_init_from_model(self._model, settings)
        self._batch = llama_cpp.llama_batch_init(512, 0, 1)

    def close(self) -> None:
        """Give the sequences' memory back."""
        llama_cpp.llama_batch_free(self._batch)
        llama_cpp.llama_free(self._context)

    def run(self, tokens: list[tuple[int, int, int]], wanted: list[int]) -> list[int]:
        """Run (token, position, stream) entries; the likeliest next token after each entry of `wanted`."""
        batch = self._batch
        batch.n_tokens = len(tokens)
        for entry, (token, position, stream) in enumerate(tokens):
            batch.token[entry], batch.pos[entry] = token, position
            batch.n_seq_id[entry], batch.seq_id[entry][0] = 1, stream
            batch.logits[entry] = entry in wanted
        if code := llama_cpp.llama_decode(self._context, batch):
            raise RuntimeError(f"llama_decode returned {code}.")
        return [int(self._logits(entry).argmax()) for entry in wanted]

    def _logits(self, entry: int) -> np.ndarray:
        pointer = llama_cpp.llama_get_logits_ith(self._context, entry)
        return np.ctypeslib.as_array(pointer, shape=(self._vocab_size,))


def many_sequences() -> Round:
    """All streams in one batch on the packaged GGUF, without adapters: it does not mix them in a batch.

    The ids name other tokens in its full vocabulary, which costs the same.
    """
    tokenizer = load_tokenizer(resolve_base())
    with tempfile.TemporaryDirectory() as folder:
        for _ in assemble(packaged_chunks(), Path(folder) / FILE_NAME):
            pass
        model = Sequences(Path(folder) / FILE_NAME)  # which keeps the file open

    def run(streams: int) -> Times:
        model.open(streams)
        start, times, last = time.perf_counter(), [], []
        asked = list(prompts(streams, tokenizer))
        for stream, prompt in enumerate(asked):
            entries = [(token, position, stream) for position, token in enumerate(prompt)]
            last += model.run(entries, [len(entries) - 1])
            times.append([time.perf_counter() - start])
        for step in range(REPLY_TOKENS - 1):
            entries = [(last[stream], len(prompt) + step, stream) for stream, prompt in enumerate(asked)]
            last = model.run(entries, list(range(streams)))
            for stamps in times:
                stamps.append(time.perf_counter() - start)
        model.close()
        return times

    return run


@llama_cpp.llama_log_callback
def _SILENT(level: int, text: bytes, data: object) -> None:
    """llama.cpp tells every start in a hundred lines."""
