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
ROUNDS = 3
RATIOS = {  # name -> system, and what it is compared with
    "engine / llama.cpp": ("engine", "llama.cpp Q4_K_M"),
    "engine / peft, one persona at a time": ("engine", "peft, one persona at a time"),
    "engine / peft, mixed batch": ("engine", "peft, mixed batch"),
    "engine / engine without adapters": ("engine", "engine, no adapters"),
    "engine / engine in fp32": ("engine", "engine, fp32"),
}


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
    """Tokens a second against each other: name -> number of streams -> ratio, of the systems that ran."""
    speed = {(row["system"], row["streams"]): row["tokens_per_s"] for row in rows}
    compared = {
        name: {
            f"{streams} streams": round(speed[ours, streams] / speed[theirs, streams], 2)
            for streams in STREAMS
            if (ours, streams) in speed and (theirs, streams) in speed
        }
        for name, (ours, theirs) in RATIOS.items()
    }
    return {name: values for name, values in compared.items() if values}


def _measure(children: dict[str, "Child"], streams: int) -> list[dict]:
    """The middle of ROUNDS rounds for each system, figure by figure."""
    rounds: dict[str, list[dict]] = {name: [] for name in children}
    for _ in range(ROUNDS):
        for name, child in children.items():
            rounds[name].append(child.ask(streams))
    return [
        {"system": name, "streams": streams}
        | {figure: round(statistics.median(each[figure] for each in figures), 1) for figure in figures[0]}
        for name, figures in rounds.items()
    ]


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
