"""How good a persona is, in figures, beside the base without it."""

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from inference_worker.management.batch_command import champion_of, keep_figures, persona_named
from personas.registry.models import AdapterVersion

_COLUMNS = (
    ("style_accuracy", "style"),
    ("preference", "prefers own"),
    ("relevance", "relevance"),
    ("repetition", "repeats"),
    ("korean", "Korean"),
    ("median_length", "length"),
    ("safety", "safety"),
    ("perplexity", "perplexity"),
    ("seconds_per_reply", "s/reply"),
)


class Command(BaseCommand):
    help = "Measures an adapter on the test split, beside the bare base, a written style and examples."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--persona", required=True, metavar="SLUG")
        parser.add_argument(
            "--adapter", type=int, metavar="VERSION", help="a version's number; the champion without it"
        )
        parser.add_argument("--prompts", type=int, help="how many prompts to answer (fewer is faster)")
        parser.add_argument("--output", type=Path, help="the JSON file; var/evaluation/SLUG-vVERSION.json without it")

    def handle(self, *args, **options) -> None:
        from inference_worker.adapter_files import AdapterFileError
        from inference_worker.base_model import BaseModelError
        from inference_worker.training.row_files import RowError

        version = _version(options["persona"], options["adapter"])
        try:
            table = self._measure(version, options["prompts"])
        except (AdapterFileError, BaseModelError, RowError, FileNotFoundError) as error:
            raise CommandError(str(error)) from error
        file = options["output"] or Path("var/evaluation") / f"{version.persona.slug}-v{version.number}.json"
        keep_figures({"adapter": version.label, "rows": table}, file)
        self._print(version.label, table)
        self.stdout.write(f"\n{file}")

    def _measure(self, version: AdapterVersion, prompts: int | None) -> dict[str, dict[str, Any]]:
        from inference_worker.base_model import resolve_base_model
        from inference_worker.training.comparison import compare_with_base
        from inference_worker.training.seed_data import SEED_DATA
        from inference_worker.training.settings import TrainingSettings

        recipe = TrainingSettings()
        if prompts:
            recipe = replace(recipe, evaluation=replace(recipe.evaluation, prompts=prompts))
        return compare_with_base(
            base=resolve_base_model(settings.BASE_MODEL, cache=settings.BASE_MODEL_CACHE),
            adapter=version.folder,
            slug=version.persona.slug,
            style_prompt=version.persona.style_prompt,
            data=SEED_DATA,
            settings=recipe,
            progress=lambda event: self.stderr.write(event["stage"]),
            quantization=settings.QUANTIZATION,
        )

    def _print(self, label: str, table: dict[str, dict[str, Any]]) -> None:
        self.stdout.write(f"{'':<18}" + "".join(f"{title:>13}" for _, title in _COLUMNS))
        for name, metrics in table.items():
            figures = {**metrics, "preference": metrics["preference_accuracy"]["value"]}
            cells = "".join(f"{figures[key]:>13}" if key in figures else f"{'-':>13}" for key, _ in _COLUMNS)
            self.stdout.write(f"{label if name == 'adapter' else name:<18}{cells}")
        interval = table["adapter"]["preference_accuracy"]
        self.stdout.write(
            f"prefers own: 95 % interval {interval['low']} to {interval['high']}, {interval['pairs']} pairs; the style "
            f"classifier itself is right on {table['adapter']['style_classifier_accuracy']:.1%} of held-out rows."
        )


def _version(slug: str, number: int | None) -> AdapterVersion:
    persona = persona_named(slug)
    if number is None:
        return champion_of(persona)
    version = AdapterVersion.objects.filter(persona=persona, number=number).select_related("persona").first()
    if version is None:
        numbers = persona.versions.order_by("number").values_list("number", flat=True)
        raise CommandError(f"{slug} has no version {number}; there are: {', '.join(map(str, numbers))}.")
    return version
