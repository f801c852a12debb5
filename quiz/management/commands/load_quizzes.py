"""`manage.py load_quizzes`: put the tests in quiz/content/ into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quiz.content_files import FOLDER, quiz_load
from quiz.errors import ContentError


class Command(BaseCommand):
    help = "Load the tests in quiz/content/. Safe to repeat: what is there already stays as it was edited."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--overwrite", action="store_true", help="let the files win over edits made in the admin")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(FOLDER.glob("*.json")):
            try:
                quiz = quiz_load(path=path, overwrite=options["overwrite"])
            except ContentError as error:
                raise CommandError(str(error)) from error
            if options["verbosity"]:
                self.stdout.write(f"{path.name}: {quiz.title}")
