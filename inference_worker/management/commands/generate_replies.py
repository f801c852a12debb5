"""Replies to many prompts at once: JSON lines in, JSON lines out, in the same order."""

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management import CommandError
from django.utils import timezone

from inference_worker import tasks
from inference_worker.contracts import Sampling
from inference_worker.management.batch_command import BASE, BatchCommand, adapter_label, read_talks
from personas.registry.models import Persona


class Command(BatchCommand):
    help = 'Reads {"prompt"} or {"messages"} lines and writes them with "reply", "adapter" and "exemplars".'

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--max-new-tokens", type=int)
        parser.add_argument("--temperature", type=float, help="0 is greedy")
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *args, **options) -> None:
        from inference_worker.adapter_files import AdapterFileError
        from inference_worker.engine import EngineError
        from inference_worker.management.served import Server

        adapters, sampling = self.adapters(options), self.sampling(options)
        engine = tasks.engine()
        server = Server(engine, tasks.composer(), adapters, sampling, _speaker(adapters, options["persona"]))
        rows = read_talks()
        try:
            for talk, served in server.serve(rows, timezone.localtime()):
                self.emit(
                    {
                        **_as_asked(talk),
                        "reply": served.reply,
                        "adapter": adapter_label(adapters) if served.kind == "model" else served.kind,
                        "exemplars": list(served.exemplars),
                    }
                )
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


def _speaker(adapters: list, asked: str) -> str:
    """Who answers in care: the louder persona, or the one asked for."""
    return max(adapters, key=lambda adapter: adapter.weight).persona if adapters else asked


def _as_asked(talk: list[dict[str, str]]) -> dict[str, Any]:
    """A single message comes back as it was given; a talk as its messages."""
    return {"prompt": talk[-1]["content"], **({"messages": talk} if len(talk) > 1 else {})}
