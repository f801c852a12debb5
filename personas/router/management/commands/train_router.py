"""`manage.py train_router`: learn who suits which message, and say how well. `--check` measures what is shipped."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from personas.router import training
from personas.router.data import dialogues_read, messages_read
from personas.router.scoring import WEIGHTS_FILE, StyleModel, shipped_model


class Command(BaseCommand):
    """Trains on the rows marked `train`, measures on those marked `heldout`."""

    help = "Train the router that picks egen or teto, write its weights, and print its held-out accuracy."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="measure the shipped weights, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        messages = messages_read()
        model = shipped_model() if options["check"] else training.train(_split(messages, "train"))
        if not options["check"]:
            _write(model)
        self._report(model, messages)

    def _report(self, model: StyleModel, messages: list) -> None:
        heldout, dialogues = _split(messages, "heldout"), dialogues_read()
        calm, nervous = (training.changes_per_dialogue(model, dialogues, calm=calm) for calm in (True, False))
        self.stdout.write(f"learned from           {len(_split(messages, 'train'))} messages")
        self.stdout.write(f"accuracy, held out     {training.accuracy(model, heldout)}")
        self.stdout.write(f"accuracy where sure    {training.accuracy_where_sure(model, heldout)}")
        self.stdout.write(f"held back on either    {training.held_back(model, heldout)}")
        self.stdout.write(f"changes of speaker     {calm:.2f} a dialogue; by each message alone {nervous:.2f}")


def _split(messages: list, split: str) -> list:
    return [said for said in messages if said.split == split]


def _write(model: StyleModel) -> None:
    weights = {str(place): weight for place, weight in sorted(model.weights.items())}
    WEIGHTS_FILE.write_text(json.dumps({"bias": model.bias, "weights": weights}, separators=(",", ":")) + "\n")
