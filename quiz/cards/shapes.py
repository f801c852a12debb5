"""The two shapes a share card comes in."""

from enum import StrEnum


class Shape(StrEnum):
    """Wide for link previews, tall for stories."""

    CARD = "card"
    STORY = "story"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return (800, 400) if self is Shape.CARD else (1080, 1920)
