"""Where the map of a team lies on its sheet: the sheet draws its ground, `team_drawing` the dots."""

from quiz.scoring import Kind
from quiz.teams.places import SIZE, wedges


class TeamMap:
    """A square of the sheet, in pixels."""

    left, top, size = 52, 46, 302
    scale = size / SIZE

    @property
    def wedges(self) -> list[tuple[Kind, str]]:
        """Each kind's part of the ground, in the map's own units."""
        return wedges()

    def at(self, x: float, y: float) -> tuple[int, int]:
        """The pixel of a place on the map."""
        return round(self.left + x * self.scale), round(self.top + y * self.scale)


TEAM_MAP = TeamMap()
