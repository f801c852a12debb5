"""Rounds of this repository's engine: as it is used, without adapters, with many of them, and in troubled times."""

import itertools
import time
from collections.abc import Callable

from benchmarks._workload import PERSONAS, REPLY_TOKENS, Round, Times, adapter_folder, load_base, prompts, resolve_base
from inference_worker.adapter_files import read_adapter
from inference_worker.contracts import Sampling
from inference_worker.engine import Engine, Request
from inference_worker.engine.sequence import Sequence

LONG_PROMPT = tuple(range(300, 1800))

Incident = Callable[[Engine, int], None]  # what happens to an engine at its n-th step with everybody talking


def engine(*, adapters: tuple[str, ...] = PERSONAS, incident: Incident | None = None) -> Round:
    """The adapters mixed in one batch. `persona@version` is a version of a persona. No round knows an earlier one's
    prompts.
    """
    base, model, tokenizer = load_base()
    engine = Engine(model, tokenizer, max_streams=33, prefix_tokens=0, int8=True)
    files = {persona: read_adapter(adapter_folder(persona), base.hash) for persona in PERSONAS}
    for name in adapters:
        persona = files[name.partition("@")[0]]
        engine.load_adapter(name, persona.tensors, persona.config)
    sampling = Sampling(max_new_tokens=REPLY_TOKENS, temperature=0, top_p=1, top_k=0, repetition_penalty=1)

    def run(streams: int) -> Times:
        start, steps = time.perf_counter(), itertools.count()
        sequences: list[Sequence] = []
        times: Times = []
        for stream, prompt in enumerate(prompts(streams, tokenizer)):
            mix = {adapters[stream % len(adapters)]: 1.0} if adapters else {}
            sequences.append(engine.submit(Request(prompt, mix, sampling)))
            times.append([])
        while not engine.idle:
            if incident and all(times):
                incident(engine, next(steps))
            engine.step()
            now = time.perf_counter() - start
            for sequence, stamps in zip(sequences, times, strict=True):
                stamps += [now] * (len(sequence.token_ids) - len(stamps))
        for sequence in sequences:
            if error := sequence.result().error:
                raise error
        return times

    return run


def no_adapters() -> Round:
    """The base alone."""
    return engine(adapters=())


def one_adapter() -> Round:
    """One persona for all."""
    return engine(adapters=PERSONAS[:1])


def eight_adapters() -> Round:
    """Both personas four times over, each a version of its own to the engine."""
    return engine(adapters=tuple(f"{persona}@{version}" for version in range(4) for persona in PERSONAS))


def hot_load() -> Round:
    """A version is loaded and unloaded again and again while everybody talks."""
    files = read_adapter(adapter_folder("egen"), resolve_base().hash)

    def come_and_go(engine: Engine, step: int) -> None:
        if step % 8 == 2:
            engine.load_adapter("egen@new", files.tensors, files.config)
        elif step % 8 == 6:
            engine.unload_adapter("egen@new")

    return engine(incident=come_and_go)


def long_prompt() -> Round:
    """A prompt of 1,500 tokens arrives among those who talk. Its own times are not counted."""
    sampling = Sampling(max_new_tokens=1, temperature=0)

    def arrive(engine: Engine, step: int) -> None:
        if step == 5:
            engine.submit(Request(LONG_PROMPT, {PERSONAS[0]: 1.0}, sampling))

    return engine(incident=arrive)
