"""The messages that the router learned from, and those it is measured on.

Written and labelled by hand for this purpose, by what the person wants: to be heard (egen), or an answer, a decision, a
push (teto). `either` are messages that call for neither: the model is to learn that it cannot tell.
"""

import json
from dataclasses import dataclass
from pathlib import Path

MESSAGES_FILE = Path(__file__).parents[1] / "data" / "router" / "messages.jsonl"
DIALOGUES_FILE = Path(__file__).parents[1] / "data" / "dialogues" / "egen.jsonl"


@dataclass(frozen=True)
class LabelledMessage:
    """A visitor's message, whom it suits, and whether it is learned from or measured on."""

    text: str
    suits: str  # egen, teto, either
    split: str  # train, heldout


def messages_read(file: Path = MESSAGES_FILE) -> list[LabelledMessage]:
    """All of them, in the file's order."""
    return [LabelledMessage(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def dialogues_read(file: Path = DIALOGUES_FILE) -> list[list[str]]:
    """What visitors say in the written dialogues, message by message."""
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [[said["content"] for said in row["messages"] if said["role"] == "user"] for row in rows]
