"""Writes of grading: a round is made, graded, and closed."""

import secrets
from collections.abc import Iterable
from random import Random

from django.db import IntegrityError, transaction
from django.utils import timezone

from personas.grading.errors import NameTaken, NameUnusable, NobodyGraded, NoSuchItem, NothingToGrade, RoundClosed
from personas.grading.models import Grade, GradingItem, GradingRound
from personas.grading.rows import GradeRow, ReplyRow


@transaction.atomic
def round_make(*, name: str, rows: Iterable[ReplyRow], seed: int | None = None) -> GradingRound:
    """A round of these replies, numbered in an order drawn from the seed.

    Raises NameUnusable, NameTaken and NothingToGrade.
    """
    _name_check(GradingRound, "name", name)
    mixed = list(rows)
    if not mixed:
        raise NothingToGrade
    seed = secrets.randbits(32) if seed is None else seed
    Random(seed).shuffle(mixed)  # noqa: S311  an order, not a secret
    made = _round_create(name, seed)
    GradingItem.objects.bulk_create(
        GradingItem(
            round=made,
            number=number,
            persona=row.persona,
            messages=row.messages,
            reply=row.reply,
            version=row.version,
            adapter=row.adapter,
        )
        for number, row in enumerate(mixed, 1)
    )
    return made


def _round_create(name: str, seed: int) -> GradingRound:
    try:
        with transaction.atomic():
            return GradingRound.objects.create(name=name, seed=seed)
    except IntegrityError:
        raise NameTaken from None


@transaction.atomic
def grade_note(*, grading_round: GradingRound, number: int, reader: str, grade: str, in_style: bool) -> Grade:
    """Keep what a reader thinks of a reply, in place of what they thought before.

    Raises NameUnusable, RoundClosed and NoSuchItem.
    """
    _name_check(Grade, "reader", reader)
    _hold_open(grading_round)
    item = GradingItem.objects.filter(round=grading_round, number=number).first()
    if item is None:
        raise NoSuchItem
    said = {"grade": grade, "in_style": in_style, "noted_at": timezone.now()}
    noted, _made = Grade.objects.update_or_create(item=item, reader=reader, defaults=said)
    return noted


@transaction.atomic
def grade_undo(*, grading_round: GradingRound, number: int, reader: str) -> None:
    """Take a reader's grade of a reply away, if there is one: it waits again. Raises RoundClosed."""
    _hold_open(grading_round)
    Grade.objects.filter(item__round=grading_round, item__number=number, reader=reader).delete()


@transaction.atomic
def grades_read(*, grading_round: GradingRound, reader: str, rows: Iterable[GradeRow]) -> int:
    """Keep a reader's grades from a file, all of them or none. How many. Raises NameUnusable, RoundClosed."""
    _name_check(Grade, "reader", reader)
    _hold_open(grading_round)
    now, rows = timezone.now(), list(rows)
    items = dict(grading_round.items.values_list("number", "pk"))
    grades = [
        Grade(item_id=items[row.number], reader=reader, grade=row.grade, in_style=row.in_style, noted_at=now)
        for row in rows
    ]
    Grade.objects.bulk_create(
        grades,
        update_conflicts=True,
        unique_fields=["item", "reader"],
        update_fields=["grade", "in_style", "noted_at"],
    )
    return len(grades)


@transaction.atomic
def round_close(*, grading_round: GradingRound) -> None:
    """From now on its grades stand and may be seen. Raises RoundClosed and NobodyGraded."""
    _hold_open(grading_round)
    if not Grade.objects.filter(item__round=grading_round).exists():
        raise NobodyGraded
    grading_round.closed_at = timezone.now()
    grading_round.save(update_fields=["closed_at"])


def _name_check(model: type[GradingRound | Grade], field: str, name: str) -> None:
    longest = model._meta.get_field(field).max_length
    if not 0 < len(name.strip()) <= len(name) <= longest:
        raise NameUnusable(longest)


def _hold_open(grading_round: GradingRound) -> None:
    """Keep the round from being closed while a grade is on its way. Raises RoundClosed."""
    if GradingRound.objects.select_for_update().get(pk=grading_round.pk).is_closed:
        raise RoundClosed
