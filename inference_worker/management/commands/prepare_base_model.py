"""Converts or finds the base model, so that the worker's start is quick."""

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from inference_worker.base_model import BaseModelError, resolve_base_model


class Command(BaseCommand):
    help = "Prepares the base model named by BASE_MODEL (the embedded one by default)."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options) -> None:
        try:
            base = resolve_base_model(settings.BASE_MODEL, cache=settings.BASE_MODEL_CACHE)
        except BaseModelError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"  {base.name} ({base.hash[:12]})")
        if not settings.BASE_MODEL:
            self.stdout.write("  Gemma: ai.google.dev/gemma/terms (NOTICE)")
