"""In which order a reader gets the replies of a round: mixed, another for each reader, and the same one every time."""

from random import Random
from typing import Any

from personas.grading.models import Grade, GradingItem, GradingRound


def numbers_for(grading_round: GradingRound, reader: str) -> list[int]:
    """The numbers of all replies, as this reader gets them."""
    numbers = list(grading_round.items.order_by("number").values_list("number", flat=True))
    Random(f"{grading_round.seed} {reader}").shuffle(numbers)  # noqa: S311  an order, not a secret
    return numbers


def items_dealt(grading_round: GradingRound, reader: str) -> list[GradingItem]:
    """All replies in this reader's order."""
    by_number = {item.number: item for item in grading_round.items.select_related("persona")}
    return [by_number[number] for number in numbers_for(grading_round, reader)]


def items_next(grading_round: GradingRound, reader: str, most: int) -> list[GradingItem]:
    """What this reader has still to grade, `most` at a time."""
    done = set(grades_of(grading_round, reader).values_list("item__number", flat=True))
    numbers = [number for number in numbers_for(grading_round, reader) if number not in done][:most]
    found = {item.number: item for item in grading_round.items.filter(number__in=numbers).select_related("persona")}
    return [found[number] for number in numbers]


def grades_of(grading_round: GradingRound, reader: str) -> Any:
    """What this reader has graded so far, the last one last."""
    return Grade.objects.filter(item__round=grading_round, reader=reader)
