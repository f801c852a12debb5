"""What the commands around adapters share: whose adapters, JSON lines in and out, and a file for figures."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from inference_worker.tasks import pinned_adapters
from moderation.composing import composed
from personas.registry.models import AdapterVersion, Persona

BASE = "base"


class BatchCommand(BaseCommand):
    """A command over JSON lines with a persona's adapters loaded."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--persona", required=True, help="a persona's slug, or 'base' for no adapter")
        parser.add_argument("--weights", default="", help="a blend instead, as in egen=0.6,teto=0.4")

    def adapters(self, options: dict[str, Any]) -> list:
        """The champion of the persona, or the blend's champions, as PinnedAdapter. Raises CommandError by name."""
        weights = parse_weights(options["weights"]) or {options["persona"]: 1.0}
        if list(weights) == [BASE]:
            return []
        personas = {persona.slug: persona for persona in Persona.objects.select_related("champion")}
        pins = []
        for slug, weight in weights.items():
            if slug not in personas:
                raise CommandError(f"There is no persona {slug!r}; there are: {', '.join([*personas, BASE])}.")
            pins.append([champion_of(personas[slug]).pk, weight])
        return pinned_adapters(pins)

    def emit(self, row: dict[str, Any]) -> None:
        """Write one JSON line."""
        self.stdout.write(json.dumps(row, ensure_ascii=False))
        self.stdout.flush()


def persona_named(slug: str) -> Persona:
    """The persona with this slug. Raises CommandError naming those that there are."""
    personas = {persona.slug: persona for persona in Persona.objects.select_related("champion__persona")}
    if slug not in personas:
        raise CommandError(f"There is no persona {slug!r}; there are: {', '.join(personas)}.")
    return personas[slug]


def champion_of(persona: Persona) -> AdapterVersion:
    """The persona's live adapter. Raises CommandError where it has none."""
    if persona.champion is None:
        raise CommandError(f"Persona {persona.slug!r} has no adapter for this base model; train one with `make train`.")
    return persona.champion


def parse_weights(text: str) -> dict[str, float]:
    """`egen=0.6,teto=0.4` as a dict. Raises CommandError naming the part that is wrong."""
    weights = {}
    for part in filter(None, text.split(",")):
        slug, _, number = part.partition("=")
        try:
            weights[slug.strip()] = float(number)
        except ValueError:
            raise CommandError(f"--weights: {part!r} is not name=number, as in egen=0.6,teto=0.4.") from None
    return weights


def read_rows(*fields: str) -> Iterator[dict[str, str]]:
    """JSON objects from stdin that carry the named texts. Raises CommandError naming line and field."""
    for number, row in _json_objects():
        for field in fields:
            if not isinstance(row.get(field), str) or not row[field].strip():
                raise CommandError(f'Line {number} has no text "{field}".')
        yield row | {field: composed(row[field]) for field in fields}


def read_talks() -> Iterator[list[dict[str, str]]]:
    """Talks from stdin: {"prompt": text}, or {"messages": [...]} that begin and end with the user's and take turns.

    Raises CommandError naming line and field.
    """
    for number, row in _json_objects():
        messages: Any = row["messages"] if "messages" in row else [{"role": "user", "content": row.get("prompt")}]
        field = "messages" if "messages" in row else "prompt"
        if not _is_talk(messages):
            raise CommandError(
                f'Line {number} has no text "prompt".'
                if field == "prompt"
                else f'Line {number}: "messages" must be {{"role", "content"}} objects, user and assistant taking '
                "turns, beginning and ending with the user."
            )
        yield [{"role": message["role"], "content": composed(message["content"])} for message in messages]


def _is_talk(messages: Any) -> bool:
    if not isinstance(messages, list) or len(messages) % 2 == 0:
        return False
    roles = ("user", "assistant")
    return all(
        isinstance(message, dict)
        and message.get("role") == roles[turn % 2]
        and isinstance(message.get("content"), str)
        and message["content"].strip()
        for turn, message in enumerate(messages)
    )


def _json_objects() -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(sys.stdin, 1):
        if number == 1:
            line = line.removeprefix("\ufeff")  # the mark that Windows puts before UTF-8
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise CommandError(f"Line {number} is not JSON: {error}.") from None
        yield number, row if isinstance(row, dict) else {}


def keep_figures(figures: dict[str, Any], file: Path) -> None:
    """Write measured figures as JSON, making the folder where it is missing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def adapter_label(adapters: list) -> str:
    """`base`, `egen@v1`, or `egen@v1*0.6+teto@v1*0.4`."""
    if len(adapters) == 1 and adapters[0].weight == 1.0:
        return adapters[0].name
    return "+".join(f"{adapter.name}*{adapter.weight:g}" for adapter in adapters) or BASE
