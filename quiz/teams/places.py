"""Where everyone stands on a team's map, and where names fit beside them. Pure: no database, no request.

The map has its origin at the lower left, teto to the right and egen upwards; a kind is a wedge, as equal shares lie on
one line from the origin. Places and sizes are in the SVG's own units, from the upper left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import cos, hypot, pi, sin

from quiz.scoring import LOWEST_EGEN_PERCENT, Kind

SIZE = 360
RADIUS = 6  # of a dot
LETTER = 13  # size of the names' letters
_HALF_LINE = 9
# Names try the places around their dot, the nearest first, beginning at the right.
_DISTANCES = (RADIUS + 4, 24, 42, 62, 84)
_TURNS = tuple(turn * pi / 4 for turn in (0, 4, 7, 1, 5, 3, 6, 2))


@dataclass(frozen=True)
class Box:
    """A rectangle on the map."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether the two have a place in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    @property
    def is_on_the_map(self) -> bool:
        return self.left >= 0 and self.top >= 0 and self.right <= SIZE and self.bottom <= SIZE


@dataclass(frozen=True)
class Place:
    """A dot, and its name where one fits; without, the table beside the map names it."""

    x: float
    y: float
    name: str
    box: Box | None

    @property
    def has_line(self) -> bool:
        """Whether the name is so far off that a line must lead to it."""
        return self.box is not None and hypot(self.name_x - self.x, self.name_y - self.y) > self.name_width / 2 + 14

    @property
    def name_width(self) -> float:
        return self.box.right - self.box.left if self.box else 0

    @property
    def name_x(self) -> float:
        """The middle of the name."""
        return (self.box.left + self.box.right) / 2 if self.box else self.x

    @property
    def name_y(self) -> float:
        return (self.box.top + self.box.bottom) / 2 if self.box else self.y


def places(points: Sequence[tuple[int, int, str]], most: int) -> list[Place]:
    """A place for each (egen points, teto points, name), in the order given; `most` points reach the map's edge.

    No dot covers another, no name another name or a dot, and all stay on the map.
    """
    dots: list[tuple[float, float]] = []
    for egen, teto, _name in points:
        dots.append(_beside(dots, _on_the_map(teto / most), SIZE - _on_the_map(egen / most)))
    taken = [Box(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in dots]
    found = []
    for (x, y), (_egen, _teto, name) in zip(dots, points, strict=True):
        box = next((box for box in _tries(x, y, name) if box.is_on_the_map and not _is_taken(box, taken)), None)
        if box:
            taken.append(box)
        found.append(Place(x, y, name, box))
    return found


def wedges() -> list[tuple[Kind, str]]:
    """Each kind's part of the map as points of an SVG polygon."""
    borders = [1.0, *(lowest / 100 for lowest in LOWEST_EGEN_PERCENT), 0.0]
    return [
        (kind, " ".join(f"{x:.1f},{y:.1f}" for x, y in _wedge(upper, lower)))
        for kind, (upper, lower) in zip(list(Kind), pairwise(borders), strict=True)
    ]


def _wedge(upper: float, lower: float) -> list[tuple[float, float]]:
    corner = [(float(SIZE), 0.0)] if upper > 0.5 > lower else []
    return [(0.0, float(SIZE)), _edge(upper), *corner, _edge(lower)]


def _edge(egen_share: float) -> tuple[float, float]:
    """Where the line of this share leaves the map."""
    if egen_share >= 0.5:
        return SIZE * (1 - egen_share) / egen_share, 0.0
    return float(SIZE), SIZE - SIZE * egen_share / (1 - egen_share)


def _on_the_map(share: float) -> float:
    margin = RADIUS + 3
    return margin + min(max(share, 0.0), 1.0) * (SIZE - 2 * margin)


def _beside(dots: Sequence[tuple[float, float]], x: float, y: float) -> tuple[float, float]:
    """This place, or the nearest free one around it."""
    for ring in range(2 * len(dots) + 1):
        for step in range(8 * ring or 1):
            turn = 2 * pi * step / (8 * ring or 1)
            dot = x + ring * RADIUS * cos(turn), y - ring * RADIUS * sin(turn)
            inside = all(RADIUS <= place <= SIZE - RADIUS for place in dot)
            if inside and all(hypot(dot[0] - other[0], dot[1] - other[1]) >= 2 * RADIUS for other in dots):
                return dot
    return x, y


def _tries(x: float, y: float, name: str) -> Iterator[Box]:
    half = sum(1.0 if ord(letter) > 0x1100 else 0.62 for letter in name) * LETTER / 2 + 2
    for distance, turn in product(_DISTANCES, _TURNS):
        middle_x = x + cos(turn) * (distance + half)
        middle_y = y - sin(turn) * (distance + _HALF_LINE)
        yield Box(middle_x - half, middle_y - _HALF_LINE, middle_x + half, middle_y + _HALF_LINE)


def _is_taken(box: Box, taken: Sequence[Box]) -> bool:
    return any(box.meets(other) for other in taken)
