"""`manage.py export_sft_rows --persona egen > personas/data/written/egen.jsonl`: then `make train` learns from them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from personas.curation.models import SftRow
from personas.curation.row_files import json_lines
from personas.curation.sft_rows import sft_row_data, sft_row_is_dangerous
from personas.registry.selectors import PersonaUnknown, persona_get


class Command(BaseCommand):
    help = "Write a persona's examples to stdout as JSON lines (TRL: conversational), personal data hidden."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--persona", metavar="SLUG", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            persona = persona_get(slug=options["persona"])
        except PersonaUnknown as error:
            raise CommandError(str(error)) from error
        rows = SftRow.objects.filter(persona=persona).select_related("persona").order_by("pk")
        safe = [row for row in rows if not sft_row_is_dangerous(row)]
        self.stdout.write(json_lines(sft_row_data(row) for row in safe).decode(), ending="")
        if len(safe) < len(rows):
            self.stderr.write(f"{len(rows) - len(safe)} rows were left out: somebody is in danger in them")
