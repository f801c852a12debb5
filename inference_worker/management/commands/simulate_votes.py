"""Do votes teach? An experiment on a site of its own."""

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from inference_worker.management.batch_command import champion_of, keep_figures, persona_named
from inference_worker.simulation.voters import RULES

_COLUMNS = (("preference", 12), ("margin", 8), ("gain", 8), ("kept", 8), ("habit", 8), ("phrase", 8))


class Command(BaseCommand):
    help = "Simulated voters with a hidden rule vote on real replies; measures what a retraining learns from them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--persona", default="egen", metavar="SLUG")
        parser.add_argument("--rule", choices=RULES, default="calmer", help="what the voters like")
        parser.add_argument("--votes", type=int, default=200)
        parser.add_argument("--held-out", type=int, default=150, help="comparisons to measure on")
        parser.add_argument("--flip", type=float, default=0.2, help="share of careless votes")
        parser.add_argument("--poison", type=float, default=0.05, help="share of pairs with a planted phrase")
        parser.add_argument("--seed", type=int, default=1, help="which votes are turned round")
        parser.add_argument("--output", type=Path, help="the JSON file; var/evaluation/votes-SLUG-RULE.json without it")

    def handle(self, *args, **options) -> None:
        from inference_worker.adapter_files import AdapterFileError
        from inference_worker.base_model import BaseModelError
        from inference_worker.engine import EngineError
        from inference_worker.simulation.experiment import ExperimentFailedError
        from inference_worker.simulation.site import throwaway_site
        from inference_worker.simulation.talks import UndecidedError

        output = options["output"] or Path("var/evaluation") / f"votes-{options['persona']}-{options['rule']}.json"
        with throwaway_site():
            try:
                figures = self._experiment(options)
            except (
                AdapterFileError,
                BaseModelError,
                EngineError,
                ExperimentFailedError,
                UndecidedError,
                FileNotFoundError,
            ) as error:
                raise CommandError(str(error)) from error
        keep_figures(figures, output)
        self._print(figures)
        self.stdout.write(f"\n{output}")

    def _experiment(self, options: dict[str, Any]) -> dict[str, Any]:
        from inference_worker import tasks
        from inference_worker.base_model import resolve_base_model
        from inference_worker.simulation.experiment import Experiment, held_out_rows, report
        from inference_worker.simulation.measuring import HeldOut
        from inference_worker.training.settings import TrainingSettings

        persona = persona_named(options["persona"])
        champion = champion_of(persona)
        rule = RULES[options["rule"]]
        votes, held_out = self._comparisons(persona, rule, options)
        base = resolve_base_model(settings.BASE_MODEL, cache=settings.BASE_MODEL_CACHE)
        rows = held_out_rows(held_out)
        measure = HeldOut(base, rule, rows, TrainingSettings(), settings.QUANTIZATION).measure
        before = measure(champion.folder)
        self.stderr.write(f"before: {before}")
        experiment = Experiment(persona, rule, votes, tasks.train_candidate, measure, options["seed"])
        outcomes = {}
        for name, outcome in experiment.run(flip=options["flip"], poison=options["poison"]):
            outcomes[name] = outcome
            self.stderr.write(f"{name}: {asdict(outcome)}")
        given = {name: options[name] for name in ("votes", "held_out", "flip", "poison", "seed")}
        names = {"persona": champion.label, "rule": rule.name, "habit": rule.habit_name}
        return {**names, **given, **report(before, outcomes)}

    def _comparisons(self, persona, rule, options: dict[str, Any]) -> tuple[list, list]:
        """Comparisons to vote on, and others, about messages that no training saw, to measure on."""
        from inference_worker import tasks
        from inference_worker.simulation.talks import decided_comparisons
        from inference_worker.training.seed_data import SEED_DATA

        engine, write = tasks.engine(), self.stderr.write
        try:
            rows = SEED_DATA.single_exchanges(persona.slug)
            seen = [row.messages[0]["content"] for row in rows if row.split == "train"]
            unseen = [row.messages[0]["content"] for row in rows if row.split != "train"]
            held_out = decided_comparisons(engine, persona, rule, unseen, options["held_out"], write)
            return decided_comparisons(engine, persona, rule, seen, options["votes"], write), held_out
        finally:
            engine.stop()

    def _print(self, figures: dict[str, Any]) -> None:
        self.stdout.write(f"{figures['persona']}, rule {figures['rule']}, {figures['votes']} votes")
        self.stdout.write(f"{'':<10}" + "".join(f"{title:>{width}}" for title, width in _COLUMNS))
        for name in ("before", "honest", "careless", "poisoned"):
            row = figures[name]
            cells = {**row, **row.get("figures", {})}
            line = "".join(f"{_cell(cells.get(title)):>{width}}" for title, width in _COLUMNS)
            gate = f"  gate: {', '.join(row['refused_for']) or 'passed'}" if "refused_for" in row else ""
            self.stdout.write(f"{name:<10}{line}{gate}")
        self.stdout.write(f"habit: {figures['habit']}")


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
