"""Replies to many prompts at once: JSON lines in, JSON lines out, in the same order."""

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management import CommandError

from inference_worker import tasks
from inference_worker.contracts import Sampling
from inference_worker.management.batch_command import BASE, BatchCommand, adapter_label, read_rows
from personas.registry.models import Persona


class Command(BatchCommand):
    help = 'Reads {"prompt"} lines and writes {"prompt", "reply", "adapter"} lines.'

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--max-new-tokens", type=int)
        parser.add_argument("--temperature", type=float, help="0 is greedy")
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *args, **options) -> None:
        from inference_worker.adapter_files import AdapterFileError
        from inference_worker.engine import EngineError
        from inference_worker.generation import write_many

        adapters, sampling = self.adapters(options), self.sampling(options)
        engine = tasks.engine()
        prompts = (row["prompt"] for row in read_rows("prompt"))
        try:
            for prompt, reply in write_many(engine, prompts, adapters, sampling, window=engine.slots * 2):
                self.emit({"prompt": prompt, "reply": reply, "adapter": adapter_label(adapters)})
        except (EngineError, AdapterFileError) as error:
            raise CommandError(str(error)) from error
        finally:
            engine.stop()

    def sampling(self, options: dict[str, Any]) -> Sampling:
        """The persona's own settings, with the command's options over them."""
        persona = Persona.objects.filter(slug=options["persona"]).exclude(slug=BASE).first()
        given = {name: options[name] for name in ("max_new_tokens", "temperature", "seed") if options[name] is not None}
        try:
            return replace(Sampling.from_dict(persona.sampling if persona else {}), **given)
        except ValueError as error:
            raise CommandError(str(error)) from error
