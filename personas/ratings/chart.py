"""A rating report as rows of a page: each with its place and interval on one common ruler from 0 to 100."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from personas.ratings.models import RatingReport

STYLE_NAMES: dict[str, str | Promise] = {
    "length": _("길이"),
    "laughter": _("ㅋㅎ"),
    "tears": _("ㅠㅜ"),
    "tilde": _("~"),
    "emoji": _("이모지"),
    "polite": _("존댓말"),
}


@dataclass(frozen=True)
class RatingRow:
    """One player. `start`, `place`, `width` lie on the ruler."""

    player: str
    votes: int
    rating: int
    low: int
    high: int
    plain: int
    place: float
    start: float
    width: float
    plain_place: float

    @property
    def version(self) -> str:
        """The name without its persona, as in `v3`."""
        return self.player.split("@")[-1]


@dataclass(frozen=True)
class StyleRow:
    """What a mark is worth by itself, in logits, and whether that is surely not nothing."""

    name: str | Promise
    value: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        return self.low > 0 or self.high < 0


def rating_rows(report: RatingReport) -> list[RatingRow]:
    """The players, the best first; none while votes are needed."""
    rows = report.figures["rows"]
    if not rows:
        return []
    least = min(min(row["low"], row["plain"]) for row in rows)
    most = max(max(row["high"], row["plain"]) for row in rows)
    return [_rating_row(row, least, max(most - least, 1)) for row in rows]


def _rating_row(row: dict[str, Any], least: int, span: int) -> RatingRow:
    def place(value: int) -> float:
        return round(100 * (value - least) / span, 1)

    return RatingRow(
        player=row["player"],
        votes=row["votes"],
        rating=row["rating"],
        low=row["low"],
        high=row["high"],
        plain=row["plain"],
        place=place(row["rating"]),
        start=place(row["low"]),
        width=round(100 * (row["high"] - row["low"]) / span, 1),
        plain_place=place(row["plain"]),
    )


def style_rows(report: RatingReport) -> list[StyleRow]:
    """What each mark of style is worth in votes."""
    return [
        StyleRow(STYLE_NAMES[row["name"]], row["value"], row["low"], row["high"]) for row in report.figures["style"]
    ]
