"""`make train`: train the shipped personas and, if asked to, put them where the product finds them."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from inference_worker.adapter_files import AdapterFileError
from inference_worker.base_model import QUANTIZATIONS, BaseModelError, resolve_base_model
from inference_worker.chat_format import ChatFormatError
from inference_worker.training.checks import TrainingCheckError
from inference_worker.training.row_files import RowError
from inference_worker.training.seed_data import SEED_DATA, SHIPPED
from inference_worker.training.settings import TrainingSettings
from inference_worker.training.shipped import ShippedTraining
from inference_worker.training.side_by_side import train_side_by_side
from inference_worker.training.tokens import ChatTemplateError, RowTooLongError

_EXPECTED_ERRORS = (
    AdapterFileError, BaseModelError, ChatFormatError, ChatTemplateError, OSError, RowError, RowTooLongError,
    TrainingCheckError,
)  # fmt: skip


def main() -> int:
    """Run the stages that aren't finished yet; 1 and one sentence where that isn't possible."""
    options = _parse()
    _use_threads(options.threads)
    try:
        finished = _train(options)
    except _EXPECTED_ERRORS as error:
        print(f"Training stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Finished stages are kept; the same command goes on after them.", file=sys.stderr)
        return 130
    return 0 if finished else 1


def _train(options: argparse.Namespace) -> bool:
    base = resolve_base_model(options.base_model, cache=Path("var/base"))
    print(f"Base: {base.name} ({base.hash[:12]}), quantization {options.quantization}. Results go to {options.output}")
    settings = _smoke_settings() if options.smoke else _quick_settings() if options.quick else TrainingSettings()
    training = ShippedTraining(base, SEED_DATA, options.output, settings, _print_progress, options.quantization)
    warmup = training.train_warmup(options.warmup) if options.warmup else None
    chat = training.train_chat(options.chat_of or options.personas, warmup)
    if _can_share_the_cores(options):
        command = [sys.executable, "-m", "inference_worker.training", *sys.argv[1:], "--chat-of", *options.personas]
        return train_side_by_side(command, options.personas, options.threads)
    for slug in options.personas:
        sft = training.train_sft(slug, chat)
        version = training.train_dpo(slug, sft)
        _print_metrics(slug, training.measure(slug, version))
        if options.install:
            for folder in (sft, version):
                _install(folder, SHIPPED / slug / folder.name)
    return True


def _can_share_the_cores(options: argparse.Namespace) -> bool:
    import torch

    return options.threads >= len(options.personas) > 1 and not torch.cuda.is_available()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m inference_worker.training", description=__doc__)
    parser.add_argument("--personas", nargs="+", default=["egen", "teto"], metavar="SLUG")
    parser.add_argument("--warmup", type=Path, help="general Korean chat: CSV with Q and A, or JSON lines")
    parser.add_argument("--output", type=Path, default=Path("var/adapters-new"))
    parser.add_argument("--install", action="store_true", help="copy the results to personas/shipped")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a third of the rows: some 30 minutes on two cores")
    size.add_argument("--smoke", action="store_true", help="a few steps of everything, to see that it runs")
    parser.add_argument("--base-model", default=os.environ.get("BASE_MODEL", ""))
    parser.add_argument("--quantization", choices=QUANTIZATIONS, default=os.environ.get("QUANTIZATION") or "none")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="1 trains one persona after the other")
    parser.add_argument("--chat-of", nargs="+", help=argparse.SUPPRESS)  # started by a training of these, after theirs
    options = parser.parse_args()
    options.warmup = options.warmup or (Path(os.environ["WARMUP"]) if os.environ.get("WARMUP") else None)
    return options


def _use_threads(count: int) -> None:
    import torch

    torch.set_num_threads(count)


def _quick_settings() -> TrainingSettings:
    full = TrainingSettings()
    return replace(
        full,
        chat=replace(full.chat, passes=full.chat.passes / 3),
        sft=replace(full.sft, passes=full.sft.passes / 3),
        natural_dpo=replace(full.natural_dpo, natural_pairs=full.natural_dpo.natural_pairs // 3),
    )


def _smoke_settings() -> TrainingSettings:
    full = TrainingSettings()
    return replace(
        full,
        warmup=replace(full.warmup, max_rows=32),
        chat=replace(full.chat, passes=0.01, epochs=0.05),
        sft=replace(full.sft, passes=0.01, epochs=0.05),
        natural_dpo=replace(full.natural_dpo, epochs=0.05),
        evaluation=replace(full.evaluation, prompts=2, max_new_tokens=8),
    )


def _print_progress(event: dict) -> None:
    figures = " ".join(f"{name} {value}" for name, value in event.items() if name not in ("stage", "step", "steps"))
    step = f"{event['step']}/{event['steps']} " if "step" in event else ""
    print(f"{event['stage']}: {step}{figures}", flush=True)


def _print_metrics(slug: str, metrics: dict) -> None:
    print(f"\n{slug}, measured on the test split")
    for name, value in metrics.items():
        if name != "samples":
            print(f"  {name:<28}{value}")
    for sample in metrics["samples"]:
        print(f"  {sample['prompt']} -> {sample['reply']}")
    print()


def _install(folder: Path, target: Path) -> None:
    """Copy beside the old one, then swap: a reader never meets half a folder."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(folder, draft)
    if target.exists():
        shutil.rmtree(target)
    draft.rename(target)
    print(f"Installed {target}")


if __name__ == "__main__":
    sys.exit(main())
