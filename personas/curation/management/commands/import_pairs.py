"""`manage.py import_pairs [FILE]`: TRL preference rows become pairs, all of them or none."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from moderation.decoding import NotUnicode, decoded
from personas.curation.models import PreferencePair
from personas.curation.row_files import not_unicode_words
from personas.curation.services import pairs_import
from personas.curation.trl_rows import RowsRefused
from personas.registry.selectors import PersonaUnknown, persona_get

SHOWN_ERRORS = 20


class Command(BaseCommand):
    help = "Read preference pairs from FILE or stdin as JSON lines (TRL, explicit prompt: text or conversational)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="JSON lines; stdin where none is named")
        parser.add_argument("--persona", metavar="SLUG", help="whose pairs they are, where a row does not say")
        parser.add_argument(
            "--status",
            choices=PreferencePair.Status.values,
            default=PreferencePair.Status.PENDING,
            help="pending (the default) sends them to the curators",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["persona"]:
                persona_get(slug=options["persona"])
            new, known = pairs_import(
                lines=_lines(options["file"]), persona=options["persona"], status=options["status"]
            )
        except PersonaUnknown as error:
            raise CommandError(str(error)) from error
        except RowsRefused as error:
            raise CommandError(_refusal(error)) from error
        self.stdout.write(f"{new} pairs imported as {options['status']}, {known} were there already.")


def _lines(file: Path | None) -> list[str]:
    try:
        text = decoded(file.read_bytes()) if file else sys.stdin.read().removeprefix("\ufeff")
        return text.split("\n")
    except NotUnicode as error:
        with override("en"):
            raise CommandError(str(not_unicode_words(str(file), error))) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file or 'stdin'} cannot be read: {error}") from error


def _refusal(error: RowsRefused) -> str:
    with override("en"):  # as the rest of what commands say
        lines = [str(row_error) for row_error in error.errors[:SHOWN_ERRORS]]
    if len(error.errors) > SHOWN_ERRORS:
        lines.append(f"… and {len(error.errors) - SHOWN_ERRORS} more")
    return "\n".join(["Nothing was imported:", *lines])
