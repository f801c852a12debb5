"""`manage.py export_pairs --status approved`: preference pairs as TRL rows."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from personas.curation.exemplars import exemplars_standing
from personas.curation.models import PreferencePair
from personas.curation.selectors import pairs_with_status
from personas.curation.trl_rows import row_write
from personas.registry.selectors import PersonaUnknown, persona_get


class Command(BaseCommand):
    help = "Write preference pairs to stdout as JSON lines (TRL: explicit prompt, conversational). No visitor is named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--status", choices=PreferencePair.Status.values, default=PreferencePair.Status.APPROVED)
        parser.add_argument("--persona", metavar="SLUG", help="only this persona's pairs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            persona = persona_get(slug=options["persona"]) if options["persona"] else None
        except PersonaUnknown as error:
            raise CommandError(str(error)) from error
        pairs = list(pairs_with_status(status=options["status"], persona=persona))
        for pair, exemplars in zip(pairs, exemplars_standing([pair.exemplars for pair in pairs]), strict=True):
            self.stdout.write(row_write(pair, exemplars, persona=pair.persona.slug), ending="")
