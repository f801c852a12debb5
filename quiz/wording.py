"""Texts of the tests in the reader's language. Korean is always there; English where curators wrote it."""

from dataclasses import dataclass

from django.utils.translation import get_language


def shown(name: str) -> property:
    """The field of this name for the reader: `<name>_en` on an English page unless it is empty, else `<name>`."""

    def read(row: object) -> str:
        english = getattr(row, f"{name}_en") if get_language() == "en" else ""
        return english or getattr(row, name)

    return property(read)


@dataclass(frozen=True)
class Wording:
    """A question's words where two wordings are tried, as one walk keeps them."""

    scene: str
    scene_en: str
    text: str
    text_en: str
    shown_scene = shown("scene")
    shown_text = shown("text")
