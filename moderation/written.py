"""The answers that people wrote (`answers/README.md` says how), and which of them fit."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from moderation.kinds import KINDS, Danger
from moderation.numbers import LINES, right_for

FOLDER = Path(__file__).parent / "answers"
FALLBACK = "egen"  # speaks for a persona for whom nobody wrote: silence would be worse than a foreign voice
# Which texts stand in where a cell has none: the nearest in time first.
_NEAR = {
    "now": ("now", "soon", "thoughts", "ask"),
    "soon": ("soon", "now", "thoughts", "ask"),
    "thoughts": ("thoughts", "ask", "soon", "now"),
    "ask": ("ask", "thoughts", "soon", "now"),
}
_ANYTIME = ("stay", "safe", "not_yet")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class AnswerInvalid(ValueError):
    """A line of the answers that is none; the message names file, line and what to change."""


@dataclass(frozen=True)
class Answer:
    """One written text, its numbers still placeholders."""

    kind: str
    who: str
    acute: str
    text: str

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


def answers_for(persona: str, kind: str, who: str, acute: str) -> list[Answer]:
    """All written texts that fit, in the persona's voice; where nobody wrote any, the nearest ones."""
    mine = answers_of(persona) or answers_of(FALLBACK)
    of_kind = [one for one in mine if (one.kind, one.who) == (kind, who)]
    for near in _NEAR.get(acute, (acute,)):
        fitting = [one for one in of_kind if one.acute == near]
        if fitting:
            return fitting
    # A kind without texts: what is right for everybody who suffers.
    return [one for one in mine if (one.kind, one.who) == ("suicide", who)] or [
        one for one in mine if one.acute == "stay"
    ]


@lru_cache
def answers_of(persona: str, folder: Path = FOLDER) -> tuple[Answer, ...]:
    """A persona's texts; none where nobody wrote any. Raises AnswerInvalid."""
    file = folder / f"{persona}.jsonl"
    if "/" in persona or not file.exists():
        return ()
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(_read(file.name, number, line) for number, line in enumerate(lines, 1) if line.strip())


def _read(file: str, number: int, line: str) -> Answer:
    try:
        answer = Answer(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise AnswerInvalid(f"{file}, line {number}: {error}") from error
    if unknown := answer.lines - set(LINES):
        raise AnswerInvalid(f"{file}, line {number}: {', '.join(sorted(unknown))} has to be one of {', '.join(LINES)}")
    return answer


CELLS = [
    *((kind, who, acute) for kind in KINDS if kind != "minors" for who in ("self", "other") for acute in _NEAR),
    *(("any", "self", acute) for acute in _ANYTIME),
    ("minors", "other", "soon"),
    ("sexual", "self", "soon"),
]
_FEWER = {"ask": 3, "safe": 3}
_DIALLED = re.compile(r"\d{3,}")


def faults_of(answers: Iterable[Answer]) -> list[str]:
    """What a writer has yet to mend: cells with too few texts, texts without the right number, or with a bare one."""
    answers = list(answers)
    faults = []
    for cell in CELLS:
        fitting = [one for one in answers if (one.kind, one.who, one.acute) == cell]
        if len(fitting) < _FEWER.get(cell[2], 6):
            faults.append(f"{' '.join(cell)}: {len(fitting)} texts")
    for one in answers:
        if _DIALLED.search(one.text):
            faults.append(f"a bare number: {one.text}")
        if one.kind in KINDS and one.kind != "minors" and not one.lines & set(right_for(_danger(one))):
            faults.append(f"{one.kind} {one.acute} without its number: {one.text}")
        if (one.kind, one.who, one.acute) not in CELLS:
            faults.append(f"no such cell: {one.kind} {one.who} {one.acute}")
    return faults + [f"twice: {text}" for text in _twice([one.text for one in answers])]


def _danger(answer: Answer) -> Danger:
    return Danger(answer.kind, answer.who, answer.acute)  # type: ignore[arg-type]


def _twice(texts: list[str]) -> list[str]:
    return sorted({text for text in texts if texts.count(text) > 1})


if __name__ == "__main__":
    for name in sorted(file.stem for file in FOLDER.glob("*.jsonl")):
        print(name, *faults_of(answers_of(name)), sep="\n  ")
