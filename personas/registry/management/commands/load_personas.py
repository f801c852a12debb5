"""`manage.py load_personas`: what a new database needs before the first visitor."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from personas.curation.roles import roles_refresh
from personas.registry.adapter_folder import AdapterRefused
from personas.registry.shipped import persona_load_all, shipped_load_all


class Command(BaseCommand):
    help = "Load the shipped personas, their adapters and the staff's roles. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        roles_refresh()
        for persona in persona_load_all():
            self._say(f"persona {persona.slug}", options)
        try:
            for version in shipped_load_all():
                self._say(f"adapter {version.label}", options)
        except AdapterRefused as error:
            raise CommandError(f"A shipped adapter cannot be used: {error}") from error

    def _say(self, line: str, options: dict[str, Any]) -> None:
        if options["verbosity"] > 0:
            self.stdout.write(line)
