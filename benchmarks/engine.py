"""Tokens a second of the engine and of what people would pick instead, side by side, on the default base.

Every system answers the same prompts with replies of the same length, greedily, in a process of its own. Rounds
alternate between the systems and the middle of three counts, so that a machine that does other work meanwhile spoils no
comparison: the ratios mean something even where the figures do not.
"""

import json
import statistics
import subprocess
import sys

from benchmarks._engine_systems import SYSTEMS, missing

STREAMS = (1, 4, 16, 32)
ONLY_AT = {  # the slowest ones, and those that answer a question about one number of streams
    "peft, one persona at a time": (1, 4, 16),
    "peft, mixed batch": (1, 4, 16),
    "engine, one adapter": (32,),
    "engine, eight adapters": (32,),
    "engine, hot load": (16,),
    "engine, long prompt": (16,),
}
ROUNDS = 3
RATIOS = (  # a system, what it is compared with, and the figure
    ("engine", "llama.cpp Q4_K_M", "tokens_per_s"),
    ("engine", "llama.cpp Q4_K_M", "decode_tokens_per_s"),
    ("engine", "peft, one persona at a time", "tokens_per_s"),
    ("engine", "peft, mixed batch", "tokens_per_s"),
    ("engine", "engine, no adapters", "decode_tokens_per_s"),
    ("engine, eight adapters", "engine, no adapters", "decode_tokens_per_s"),
    ("engine, eight adapters", "engine, one adapter", "decode_tokens_per_s"),
    ("engine, hot load", "engine", "longest_gap_ms"),
    ("engine, long prompt", "engine", "itl_ms_p95"),
)


def run() -> list[dict]:
    """One row per system and number of streams."""
    for name in SYSTEMS:
        if reason := missing(name):
            print(f"Left out: {name}. {reason}", flush=True)
    children = {name: Child(name) for name in SYSTEMS if not missing(name)}
    try:
        rows = [row for streams in STREAMS for row in _measure(children, streams)]
    finally:
        for child in children.values():
            child.stop()
    return sorted(rows, key=lambda row: list(SYSTEMS).index(row["system"]))


def ratios(rows: list[dict]) -> dict[str, dict[str, float]]:
    """Figures against each other: name -> number of streams -> ratio, of the systems that ran."""
    known = {(row["system"], row["streams"]): row for row in rows}
    compared = {
        f"{ours} / {theirs}, {figure}": {
            f"{streams} streams": round(known[ours, streams][figure] / known[theirs, streams][figure], 2)
            for streams in STREAMS
            if (ours, streams) in known and (theirs, streams) in known
        }
        for ours, theirs, figure in RATIOS
    }
    return {name: values for name, values in compared.items() if values}


def _measure(children: dict[str, "Child"], streams: int) -> list[dict]:
    """The middle of ROUNDS rounds for each system, figure by figure."""
    asked = {name: child for name, child in children.items() if streams in ONLY_AT.get(name, STREAMS)}
    rounds: dict[str, list[dict]] = {name: [] for name in asked}
    for _ in range(ROUNDS):
        for name, child in asked.items():
            rounds[name].append(child.ask(streams))
    rows = []
    for name, figures in rounds.items():
        middle = {figure: round(statistics.median(each[figure] for each in figures), 1) for figure in figures[0]}
        rows.append({"system": name, "streams": streams, **middle})
        print(rows[-1], flush=True)
    return rows


class Child:
    """A system in a process of its own, loaded once. Idle between its rounds."""

    def __init__(self, name: str) -> None:
        self._name = name
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks._engine_systems", name]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ask(1)  # loads the model; the first round warms up

    def ask(self, streams: int) -> dict:
        """Run one round. Raises RuntimeError if the process has died; what it said is on the screen."""
        assert self._process.stdin and self._process.stdout
        print(streams, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self._name} ended with {self._process.wait()}.")
        return json.loads(answer)

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
