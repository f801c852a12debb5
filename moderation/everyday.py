"""What visitors say on an ordinary day, from the personas' own rows: the classifier has to leave it alone."""

import json
from pathlib import Path

from moderation.folding import folded
from moderation.phrases import phrase_in

DATA = Path(__file__).parents[1] / "personas" / "data"


def everyday_messages(data: Path = DATA) -> list[str]:
    """Every message of a visitor in the seed, the dialogues, the router's rows and the intents' wordings, and the neutral
    sentences, each once."""
    rows = [row for name in ("seed", "dialogues", "router", "intents", "neutral") for row in _rows(data / name)]
    neutral = (data / "neutral" / "sentences.txt").read_text(encoding="utf-8").splitlines()
    said = dict.fromkeys([text for row in rows for text in _said(row)] + [line for line in neutral if line])
    return [text for text in said if phrase_in(folded(text)) is None]  # the seed holds a few dangers with their answers


def _rows(folder: Path) -> list[dict]:
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.strip()]


def _said(row: dict) -> list[str]:
    if "messages" in row:
        return [message["content"] for message in row["messages"] if message["role"] == "user"]
    if "wordings" in row:
        return row["wordings"]
    return [row["text"]] if "text" in row else ["\n".join(filter(None, (row["instruction"], row.get("input"))))]
