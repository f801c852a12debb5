"""The systems that `engine` compares. As a program this is one of them: it runs a round for each line it reads."""

import importlib
import importlib.util
import json
import statistics
import sys

from benchmarks._workload import Round, Times

SYSTEMS = {  # name -> the module and the function that make it
    "engine": "_own_engine.engine",
    "engine, no adapters": "_own_engine.no_adapters",
    "engine, one adapter": "_own_engine.one_adapter",
    "engine, eight adapters": "_own_engine.eight_adapters",
    "engine, hot load": "_own_engine.hot_load",
    "engine, long prompt": "_own_engine.long_prompt",
    "peft, one persona at a time": "_peft.one_at_a_time",
    "peft, mixed batch": "_peft.mixed",
    "llama.cpp Q4_K_M": "_llama_cpp.many_sequences",
}


def missing(name: str) -> str:
    """Why a system cannot run here, and what to do; empty if it can."""
    if name.startswith("llama.cpp") and importlib.util.find_spec("llama_cpp") is None:
        return "`.venv/bin/pip install -c constraints.txt -e '.[llama]'` compiles it for minutes, with a C++ compiler."
    return ""


def make(name: str) -> Round:
    """Load a system. What the others would import stays out of its memory."""
    module, function = SYSTEMS[name].split(".")
    return getattr(importlib.import_module(f"benchmarks.{module}"), function)()


def figures(times: Times) -> dict[str, float]:
    """What a round's times come to. Tokens a second count from the first request to the last token of all; those of
    decoding while every stream runs. Where streams follow each other that is never so, and they count as nothing.
    """
    import psutil

    first = [stamps[0] * 1000 for stamps in times]
    gaps = [(after - before) * 1000 for stamps in times for before, after in zip(stamps, stamps[1:], strict=False)]
    start, end = max(stamps[0] for stamps in times), min(stamps[-1] for stamps in times)
    decoded = sum(start < stamp <= end for stamps in times for stamp in stamps)
    return {
        "decode_tokens_per_s": decoded / (end - start) if end > start else 0,
        "tokens_per_s": sum(map(len, times)) / max(stamps[-1] for stamps in times),
        "ttft_ms_p50": statistics.median(first),
        "ttft_ms_p95": _percentile(first, 95),
        "itl_ms_p95": _percentile(gaps, 95),
        "longest_gap_ms": max(gaps),
        "rss_mb": psutil.Process().memory_info().rss / 2**20,
    }


def _percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main(name: str) -> None:
    """Load a system, then run a round for each number of streams read, and write its figures as a line."""
    run_round = make(name)
    for line in sys.stdin:
        print(json.dumps(figures(run_round(int(line)))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
