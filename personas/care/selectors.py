"""Who is in care, and whom they can call."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from moderation import Danger
from moderation.numbers import LINES, right_for, said
from personas.care.models import Care, CareTurn, Helpline

LASTS = timedelta(days=1)  # after the newest message of danger, unless the visitor says earlier that they are safe
CARD_ALWAYS = ("suicide", "emergency", "police")  # beside what the danger itself needs


def care_of(*, visitor_id: uuid.UUID | None) -> Care | None:
    """The care that this visitor is in now."""
    open_ones = Care.objects.filter(visitor_id=visitor_id, ended_at=None, danger_at__gt=timezone.now() - LASTS)
    return open_ones.first() if visitor_id else None


def has_care_lapsed(*, visitor_id: uuid.UUID) -> bool:
    """Whether a day has passed since, and the visitor never said that they were safe."""
    return Care.objects.filter(visitor_id=visitor_id, ended_at=None, danger_at__lte=timezone.now() - LASTS).exists()


def is_turn_in_care(*, turn_id: uuid.UUID) -> bool:
    """Whether people's words answered this turn: no second answer, thumb, vote or link may come of it."""
    return CareTurn.objects.filter(turn_id=turn_id).exists()


def danger_in(care: Care) -> Danger:
    """What the visitor is in care for."""
    return Danger(care.kind, care.who, care.acute)  # type: ignore[arg-type]


def lines() -> dict[str, Helpline]:
    """Every line by its key, as operators have it; one that they have no row for as a site begins with it."""
    known = Helpline.objects.in_bulk(field_name="key")
    return {key: known.get(key) or Helpline(key=key, **asdict(line)) for key, line in LINES.items()}


def numbers() -> dict[str, str]:
    """Every line by its key, as answers say it."""
    return {key: said(key, line.number, line.name) for key, line in lines().items()}


@dataclass(frozen=True)
class Card:
    """What stays on the page while a visitor is in care."""

    care: Care
    lines: list[Helpline]


def card_of(*, visitor_id: uuid.UUID | None) -> Card | None:
    """The card for this visitor; None where they are not in care."""
    care = care_of(visitor_id=visitor_id)
    return Card(care, _lines_for(danger_in(care))) if care else None


def _lines_for(danger: Danger) -> list[Helpline]:
    known = lines()
    return [known[key] for key in dict.fromkeys((*right_for(danger), *CARD_ALWAYS))]


def turns_to_forget(*, before: datetime) -> QuerySet[CareTurn]:
    """Turns in care whose words have been kept long enough."""
    return CareTurn.objects.filter(created_at__lt=before, is_forgotten=False)
