"""`manage.py grade_replies`: a blind round is made, read by people outside, and reported."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from personas.curation.trl_rows import RowsRefused, line_of
from personas.grading.dealing import items_dealt
from personas.grading.errors import GradingRefused, StillOpen
from personas.grading.models import WRITTEN
from personas.grading.report import round_report
from personas.grading.report_text import report_text
from personas.grading.rows import ReplyRow, blind_row, grade_rows_read, open_row, replies_read
from personas.grading.selectors import round_get
from personas.grading.services import grades_read, round_close, round_make
from personas.registry.selectors import PersonaUnknown, persona_get

SHOWN_ERRORS = 20


class Command(BaseCommand):
    help = "Blind grading of replies: makes a round, deals it out, reads grades, reports (docs/grading.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        deed = parser.add_mutually_exclusive_group(required=True)
        deed.add_argument("--new", metavar="NAME", help="make a round from the replies in --from and --control")
        deed.add_argument("--export", metavar="NAME", help="write the replies as blind JSON lines for a reader outside")
        deed.add_argument("--read", metavar="NAME", help="take the grades of --reader from --from")
        deed.add_argument("--report", metavar="NAME", help="print shares by version, agreement and who graded")
        deed.add_argument("--close", metavar="NAME", help="let the grades stand; they show in the admin from then on")
        deed.add_argument("--results", metavar="NAME", help="write a closed round's replies with versions and grades")
        parser.add_argument("--from", dest="source", type=Path, metavar="FILE", help="JSON lines: replies, or grades")
        parser.add_argument("--control", type=Path, metavar="FILE", help="replies that people wrote, mixed in")
        parser.add_argument("--persona", metavar="SLUG", help="whose replies they are, where a row does not say")
        parser.add_argument("--reader", metavar="WHO", help="who grades: a user name, or any other name")
        parser.add_argument("--seed", type=_seed, help="of the order in which replies are mixed; drawn if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        deeds = ("new", "export", "read", "report", "close", "results")
        deed = next(deed for deed in deeds if options[deed] is not None)
        do: Callable[[str, dict[str, Any]], None] = getattr(self, f"_{deed}")
        with override("en"):  # as the rest of what commands say
            try:
                do(options[deed], options)
            except (GradingRefused, PersonaUnknown) as refusal:
                raise CommandError(str(refusal)) from refusal

    def _new(self, name: str, options: dict[str, Any]) -> None:
        persona, control = options["persona"], options["control"]
        if persona:
            persona_get(slug=persona)
        rows = _replies(_needed(options, "source", "--from"), persona)
        rows += _replies(control, persona, written=True) if control else []
        made = round_make(name=name, rows=rows, seed=options["seed"])
        written = made.items.filter(version=WRITTEN).count()
        self.stdout.write(f"Round {name}: {len(rows)} replies, {written} of them written, seed {made.seed}.")
        if not written:
            self.stdout.write("No written replies are mixed in: nothing shows what these readers call good.")

    def _export(self, name: str, options: dict[str, Any]) -> None:
        for item in items_dealt(round_get(name=name), options["reader"] or ""):
            self.stdout.write(line_of(blind_row(item)), ending="")

    def _read(self, name: str, options: dict[str, Any]) -> None:
        grading_round, file = round_get(name=name), _needed(options, "source", "--from")
        reader = _needed(options, "reader", "--reader")
        rows = _rows(file, lambda lines: grade_rows_read(lines, grading_round))
        count = grades_read(grading_round=grading_round, reader=reader, rows=rows)
        self.stdout.write(f"Round {name}: {count} grades of {reader} kept.")

    def _report(self, name: str, options: dict[str, Any]) -> None:
        self.stdout.write(report_text(round_report(round_get(name=name))))

    def _close(self, name: str, options: dict[str, Any]) -> None:
        round_close(grading_round=round_get(name=name))
        self.stdout.write(f"Round {name} is closed. Its grades stand.")

    def _results(self, name: str, options: dict[str, Any]) -> None:
        grading_round = round_get(name=name)
        if not grading_round.is_closed:
            raise StillOpen
        for item in grading_round.items.select_related("persona").prefetch_related("grades"):
            self.stdout.write(line_of(open_row(item)), ending="")


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)  # argparse says which option it was
    return int(text)


def _needed(options: dict[str, Any], name: str, flag: str) -> Any:
    if options[name] is None:
        raise CommandError(f"Name {flag} as well.")
    return options[name]


def _replies(file: Path, persona: str | None, *, written: bool = False) -> list[ReplyRow]:
    return _rows(file, lambda lines: replies_read(lines, persona=persona, written=written))


def _rows(file: Path, read: Callable[[list[str]], list[Any]]) -> list[Any]:
    """What `read` makes of the file's lines. Raises CommandError with every bad line, and what is wrong with it."""
    try:
        return read(file.read_text(encoding="utf-8-sig").split("\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
    except RowsRefused as refused:
        lines = [str(error) for error in refused.errors[:SHOWN_ERRORS]]
        if len(refused.errors) > SHOWN_ERRORS:
            lines.append(f"… and {len(refused.errors) - SHOWN_ERRORS} more")
        raise CommandError("\n".join([f"Nothing was taken from {file}:", *lines])) from refused
