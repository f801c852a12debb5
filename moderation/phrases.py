"""Phrases that are a danger beyond doubt, beside the classifier; listed in `phrases.tsv`, to be read and mended."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from moderation.folding import folded
from moderation.kinds import Acute, Danger, Kind
from moderation.rows import Row

PHRASES_FILE = Path(__file__).parent / "phrases.tsv"
ONLY_ALIKE = "-"


@dataclass(frozen=True)
class Phrase:
    """A certain phrase, folded: what it is, and how soon at least."""

    kind: Kind
    acute: Acute
    letters: str


def phrase_in(text: str) -> Phrase | None:
    """The first certain phrase that a folded message holds, in the order of the list."""
    certain, alike = _phrases()
    for harmless in alike:
        text = text.replace(harmless, " ")
    return next((phrase for phrase in certain if phrase.letters in text), None)


def phrase_rows() -> list[Row]:
    """The list as rows to learn from: what stands near a certain phrase is seldom harmless."""
    certain, alike = _phrases()
    dangers = [Row(phrase.letters, Danger(phrase.kind, "self", phrase.acute)) for phrase in certain]
    return dangers + [Row(letters, None) for letters in alike]


@lru_cache(maxsize=1)
def _phrases() -> tuple[list[Phrase], list[str]]:
    """The certain phrases, and what only looks like one."""
    lines = PHRASES_FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    certain = [Phrase(kind, acute, folded(words)) for kind, acute, words in rows if kind != ONLY_ALIKE]  # type: ignore[arg-type]
    return certain, [folded(words) for kind, _, words in rows if kind == ONLY_ALIKE]
