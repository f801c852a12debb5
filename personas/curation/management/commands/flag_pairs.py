"""`manage.py flag_pairs [--all]`: look at pairs anew, for instance after an update brought a new rule."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from personas.curation.flagging import pairs_flag
from personas.curation.models import PreferencePair


class Command(BaseCommand):
    help = "Flag the pairs that wait for a decision anew. Nothing is decided by it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="decided pairs as well")

    def handle(self, *args: Any, **options: Any) -> None:
        pairs = PreferencePair.objects.all() if options["all"] else PreferencePair.objects.undecided()
        total = pairs.count()
        flagged = pairs_flag(pairs=pairs)
        self.stdout.write(f"{total} pairs looked at, {flagged} flagged.")
