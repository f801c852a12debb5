"""The nightly run, now and here: snapshot, training, gate, and the champion's move."""

from argparse import ArgumentParser

from django.core.management import BaseCommand, CommandError

from inference_worker import tasks
from inference_worker.management.batch_command import persona_named
from personas import retraining
from personas.registry.models import TrainingRun
from personas.registry.runs import RunAlreadyRunning


class Command(BaseCommand):
    help = "Retrains a persona from its approved pairs; prints the snapshot, the run and the gate report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--persona", required=True, help="a persona's slug")
        parser.add_argument("--dry-run", action="store_true", help="train and judge, but register and promote nothing")

    def handle(self, *args, **options) -> None:
        persona = persona_named(options["persona"])
        try:
            run = retraining.retrain(
                persona_slug=persona.slug,
                trigger="command",
                train=tasks.train_candidate,
                dry_run=options["dry_run"],
                report=self.stdout.write,
            )
        except RunAlreadyRunning as error:
            raise CommandError(str(error)) from error
        if run.status in (TrainingRun.Status.FAILED, TrainingRun.Status.CANCELLED):
            raise CommandError(run.error or run.reason)
