"""What a persona may be asked about this site, how people ask it, and the answers that people wrote."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FACTS = Path(__file__).resolve().parents[1] / "content" / "site_facts.json"


@dataclass(frozen=True)
class Wording:
    """One fact, plainly for a model to read and in the voices of personas. Names in braces are filled in."""

    text: str
    voices: Mapping[str, str]


@dataclass(frozen=True)
class Fact:
    """One thing people ask about. Where it speaks of a result, `without_result` stands in for visitors with none."""

    key: str
    asked: list[list[list[str]]]  # ways of asking; each has groups of words, and one of every group is said
    wording: Wording
    without_result: Wording | None


@lru_cache(maxsize=1)
def facts() -> dict[str, Fact]:
    """All facts by their key."""
    return {row["key"]: _fact(row) for row in _content()["facts"]}


@lru_cache(maxsize=1)
def small_words() -> frozenset[str]:
    """Particles, endings and words of asking: what a question about anything is made of."""
    return frozenset(_content()["small_words"])


def _content() -> dict:
    return json.loads(FACTS.read_text(encoding="utf-8"))


def _fact(row: dict) -> Fact:
    without = row.get("without_result")
    return Fact(
        key=row["key"],
        asked=row["asked"],
        wording=Wording(row["text"], row["voices"]),
        without_result=Wording(without["text"], without) if without else None,
    )


def joined(word: str) -> str:
    """Words are compared without blanks: people leave them out."""
    return word.replace(" ", "")
