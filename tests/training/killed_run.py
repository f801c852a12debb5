"""Both personas' SFT on the tiny rows; as a program, it waits in the second one to be killed."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from inference_worker.base_model import resolve_base_model
from inference_worker.training.seed_data import SeedData
from inference_worker.training.settings import LoraSettings, TrainingSettings
from inference_worker.training.shipped import ShippedTraining

SECOND_STAGE = "second stage runs"


def train_both(base: Path, data: Path, output: Path, report: Callable[[dict], None]) -> None:
    full = TrainingSettings()
    settings = replace(
        full, lora=LoraSettings(rank=4, alpha=8), sft=replace(full.sft, epochs=2, learning_rate=1e-3, batch_size=4)
    )
    resolved = resolve_base_model(str(base), cache=Path(base) / "cache")
    training = ShippedTraining(resolved, SeedData(data), output, settings, report, device="cpu")
    for slug in ("egen", "teto"):
        training.train_sft(slug, None)


def _wait_in_second_stage(event: dict) -> None:
    if event["stage"] == "teto sft" and "step" in event:
        print(SECOND_STAGE, flush=True)
        time.sleep(120)


if __name__ == "__main__":
    train_both(*map(Path, sys.argv[1:]), _wait_in_second_stage)
