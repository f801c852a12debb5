"""The answers that people wrote (`answers/README.md` says how), and which of them fit."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from moderation.kinds import KINDS, TOLD, WHO, Danger, Kind
from moderation.numbers import LINES, right_for

FOLDER = Path(__file__).parent / "answers"
FALLBACK = "egen"  # speaks for a persona for whom nobody wrote: silence would be worse than a foreign voice
FEWEST = 6  # texts for each kind, person and time
# What a question asks about, and for which kinds it stands.
TOPICS: dict[str, tuple[Kind, ...]] = {
    "suicide": ("suicide", "self_harm", "overdose"),
    "violence": ("domestic_violence", "sexual_violence", "stalking", "bullying", "minors"),
    "eating": ("eating_disorder",),
    "medical": ("medical",),
    "anger": ("harm_others",),
}
# Which texts stand in where a cell has none.
_NEAR = {"ask": ("ask", "thoughts")}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_DIALLED = re.compile(r"\d{3,}")


class AnswerInvalid(ValueError):
    """A line of the answers that is none; the message names file, line and what to change."""


@dataclass(frozen=True)
class Answer:
    """One written text, its numbers still placeholders. `kind` is a danger's, or when else it is said; only a danger's
    has `who` and `acute`."""

    kind: str
    text: str
    who: str = "self"
    acute: str = ""

    @property
    def key(self) -> str:
        """A name for it that stays while its words do."""
        return sha256(self.text.encode()).hexdigest()[:12]

    @property
    def lines(self) -> set[str]:
        """The lines that it names."""
        return set(_PLACEHOLDER.findall(self.text))

    def filled(self, numbers: dict[str, str]) -> str:
        """The text with these numbers."""
        return _PLACEHOLDER.sub(lambda name: numbers[name[1]], self.text)


def answers_for(persona: str, kind: str, who: str = "self", acute: str = "") -> list[Answer]:
    """All written texts that fit, in the persona's voice."""
    mine = answers_of(persona) or answers_of(FALLBACK)
    for near in _NEAR.get(acute, (acute,)):
        fitting = [one for one in mine if (one.kind, one.who, one.acute) == (kind, who, near)]
        if fitting:
            return fitting
    raise LookupError(f"nobody wrote an answer for {kind}, {who}, {acute}: see {FOLDER / 'README.md'}")


@lru_cache
def answers_of(persona: str, folder: Path = FOLDER) -> tuple[Answer, ...]:
    """A persona's texts; none where nobody wrote any. Raises AnswerInvalid."""
    if not (folder / f"{persona}.jsonl").is_file():
        return ()
    own = [Answer(**row) for row in _rows(folder / f"{persona}.jsonl")]
    asked = [
        Answer(kind, row["text"], acute="ask")
        for row in _rows(folder / "questions.jsonl")
        if row["persona"] == persona
        for kind in TOPICS[row["topic"]]
    ]
    otherwise = [
        Answer(row.get("topic") or row["moment"], row["text"])
        for name in ("refusals", "way_on")
        for row in _rows(folder / f"{name}.jsonl")
        if row["persona"] == persona
    ]
    return (*own, *asked, *otherwise)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            unknown = set(_PLACEHOLDER.findall(row["text"])) - set(LINES)
        except (ValueError, TypeError, KeyError) as error:
            raise AnswerInvalid(f"{file.name}, line {number}: {error}") from error
        if unknown:
            known = ", ".join(LINES)
            raise AnswerInvalid(f"{file.name}, line {number}: {', '.join(sorted(unknown))} has to be one of {known}")
        yield row


def faults_of(persona: str) -> list[str]:
    """What a writer has yet to mend: cells with too few texts, texts without the right number or with a bare one."""
    answers = answers_of(persona)
    cells = [(kind, who, acute) for kind in KINDS for who in WHO for acute in TOLD]
    counts = {cell: sum((one.kind, one.who, one.acute) == cell for one in answers) for cell in cells}
    few = [f"{' '.join(cell)}: {count} texts" for cell, count in counts.items() if count < FEWEST]
    bare = [f"a bare number: {one.text}" for one in answers if _DIALLED.search(one.text)]
    wrong = [f"{one.kind} {one.acute} without its number: {one.text}" for one in answers if not _names_its_number(one)]
    return few + bare + wrong


def _names_its_number(answer: Answer) -> bool:
    if answer.acute not in TOLD:
        return True
    return bool(answer.lines & set(right_for(Danger(answer.kind, answer.who, answer.acute))))  # type: ignore[arg-type]


if __name__ == "__main__":
    for name in ("egen", "teto"):
        print(name, *faults_of(name), sep="\n  ")
