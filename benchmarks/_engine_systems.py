"""The systems that `engine` compares. As a program this is one of them: it runs a round for each line it reads."""

import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PERSONAS = ("egen", "teto")
REPLY_TOKENS = 48
MESSAGES = (
    "오늘 회사에서 발표를 망쳤어. 다들 나를 이상하게 보는 것 같아서 너무 속상해.",
    "주말에 친구랑 제주도에 가기로 했는데 어디를 먼저 가면 좋을지 모르겠어.",
    "코드 리뷰에서 댓글이 서른 개나 달렸어. 내가 개발자에 안 맞는 걸까?",
    "요즘 잠이 안 와서 새벽까지 휴대폰만 보고 있어. 어떻게 하면 좋을까?",
)
ROOT = Path(__file__).resolve().parent.parent

Times = list[list[float]]  # for each stream, when each token of its reply was there, in seconds from the start
Round = Callable[[int], Times]  # streams -> their times


def engine(*, adapters: bool = True, int8: bool = True) -> Round:
    """This repository's engine, the personas mixed in one batch."""
    from inference_worker.contracts import Sampling
    from inference_worker.engine import Engine, Request
    from inference_worker.engine.sequence import Sequence

    base, model, tokenizer = _load()
    engine = Engine(model, tokenizer, max_streams=32, int8=int8)
    if adapters:
        for name in PERSONAS:
            files = _adapter(name, base)
            engine.load_adapter(name, files.tensors, files.config)

    sampling = Sampling(max_new_tokens=REPLY_TOKENS, temperature=0, top_p=1, top_k=0, repetition_penalty=1)

    def run(streams: int) -> Times:
        start, times = time.perf_counter(), dict[Sequence, list[float]]()
        for prompt, persona in _requests(streams, tokenizer):
            request = Request(prompt, {persona: 1.0} if adapters else {}, sampling)
            times[engine.submit(request)] = []
        while not engine.idle:
            engine.step()
            now = time.perf_counter() - start
            for sequence, stamps in times.items():
                stamps += [now] * (len(sequence.token_ids) - len(stamps))
        return list(times.values())

    return run


def engine_fp32() -> Round:
    """The same over transformers' own forward, in fp32: the reference."""
    from inference_worker.engine import forward

    forward.is_lean_gemma = lambda model: False
    return engine(int8=False)


def peft_one_at_a_time() -> Round:
    """`generate` on all prompts of one persona, then on all of the next."""
    model, tokenizer = _peft()

    def run(streams: int) -> Times:
        start, times = time.perf_counter(), []
        requests = list(_requests(streams, tokenizer))
        for persona in PERSONAS:
            prompts = [prompt for prompt, wanted in requests if wanted == persona]
            if prompts:
                model.set_adapter(persona)
                times += _generate(model, tokenizer, prompts, start)
        return times

    return run


def peft_mixed() -> Round:
    """`generate` on all prompts at once, each with its persona's adapter."""
    model, tokenizer = _peft()

    def run(streams: int) -> Times:
        prompts, personas = zip(*_requests(streams, tokenizer), strict=True)
        return _generate(model, tokenizer, prompts, time.perf_counter(), adapter_names=list(personas))

    return run


def llama_cpp() -> Round:
    """llama.cpp on the packaged GGUF, all streams in one batch, no adapters: it does not mix them in a batch."""
    from benchmarks._llama_cpp import make_round

    _, _, tokenizer = _load()
    return make_round(lambda streams: [prompt for prompt, _ in _requests(streams, tokenizer)], REPLY_TOKENS)


SYSTEMS: dict[str, Callable[[], Round]] = {
    "engine": engine,
    "engine, no adapters": lambda: engine(adapters=False),
    "engine, fp32": engine_fp32,
    "peft, one persona at a time": peft_one_at_a_time,
    "peft, mixed batch": peft_mixed,
    "llama.cpp Q4_K_M": llama_cpp,
}


def missing(name: str) -> str:
    """Why a system cannot run here, and what to do; empty if it can."""
    if name.startswith("llama.cpp") and importlib.util.find_spec("llama_cpp") is None:
        return "`.venv/bin/pip install -e '.[llama]'` compiles it; that takes some minutes and a C++ compiler."
    return ""


def _requests(streams: int, tokenizer) -> Iterator[tuple[tuple[int, ...], str]]:
    """(prompt ids, persona) of each stream; the personas alternate."""
    from inference_worker.chat_format import render

    for stream in range(streams):
        message = MESSAGES[stream % len(MESSAGES)]
        yield tuple(render([{"role": "user", "content": message}], tokenizer)), PERSONAS[stream % len(PERSONAS)]


def _load():
    from inference_worker.base_model import load_model, load_tokenizer, resolve_base_model

    base = resolve_base_model(cache=ROOT / "var" / "base")
    return base, load_model(base, device="cpu"), load_tokenizer(base)


def _adapter(name: str, base):
    from inference_worker.adapter_files import read_adapter

    return read_adapter(ROOT / "personas" / "shipped" / name / "v1", base.hash)


def _peft():
    from peft import PeftModel

    _, model, tokenizer = _load()
    first, *others = PERSONAS
    folder = ROOT / "personas" / "shipped"
    model = PeftModel.from_pretrained(model, folder / first / "v1", adapter_name=first)
    for name in others:
        model.load_adapter(folder / name / "v1", adapter_name=name)
    return model.eval(), tokenizer


def _generate(model, tokenizer, prompts, start: float, **options) -> Times:
    """Times of a batch that `generate` runs: every stream gets its token at the end of each step."""
    import torch

    stamps: list[float] = []

    def note_the_time(input_ids, scores, **kwargs):
        stamps.append(time.perf_counter() - start)
        return torch.zeros(len(input_ids), dtype=torch.bool)

    longest = max(map(len, prompts))
    ids = torch.tensor([[tokenizer.pad_token_id] * (longest - len(prompt)) + list(prompt) for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    with torch.inference_mode():
        model.generate(
            input_ids=ids,
            attention_mask=mask,
            max_new_tokens=REPLY_TOKENS,
            do_sample=False,
            eos_token_id=None,
            stopping_criteria=[note_the_time],
            **options,
        )
    return [stamps] * len(prompts)


def figures(times: Times) -> dict[str, float]:
    """What a round's times come to. Tokens a second count from the first request to the last token of all."""
    import psutil

    first = [stamps[0] * 1000 for stamps in times]
    gaps = [(after - before) * 1000 for stamps in times for before, after in zip(stamps, stamps[1:], strict=False)]
    return {
        "tokens_per_s": sum(map(len, times)) / max(stamps[-1] for stamps in times),
        "ttft_ms_p50": statistics.median(first),
        "ttft_ms_p95": _percentile(first, 95),
        "itl_ms_p95": _percentile(gaps, 95),
        "rss_mb": psutil.Process().memory_info().rss / 2**20,
    }


def _percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main(name: str) -> None:
    """Load a system, then run a round for each number of streams read, and write its figures as a line."""
    run_round = SYSTEMS[name]()
    for line in sys.stdin:
        print(json.dumps(figures(run_round(int(line)))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
