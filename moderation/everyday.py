"""What visitors say on an ordinary day, from the personas' own rows: the classifier has to leave it alone."""

import csv
import json
import re
from pathlib import Path

from moderation.folding import folded
from moderation.phrases import phrase_in

_MAY_BE_DANGER = re.compile(
    r"죽|자살|살(기|고) ?싫|사라지|없어지|자해|손목|수면제|약을|왕따|따돌|괴롭|때[려렸]|맞았|맞고|폭[력행]|협박"
    r"|스토|집착|추행|강제|토했|토해|굶|숨이|쓰러|유서|무서|나약|왜 ?사|살아|울고|지쳤|끝내|떠나"
    r"|무시|욕해|욕하|미행|납치|가출|몰카|술 ?먹고"
)

DATA = Path(__file__).parents[1] / "personas" / "data"


def everyday_messages(data: Path = DATA) -> list[str]:
    """Every message of a visitor in the seed, the dialogues, the router's rows and the intents' wordings, and all
    neutral sentences, each once."""
    rows = [row for name in ("seed", "dialogues", "router", "intents", "neutral") for row in _rows(data / name)]
    neutral = (data / "neutral" / "sentences.txt").read_text(encoding="utf-8").splitlines()
    said = dict.fromkeys([text for row in rows for text in _said(row)] + [line for line in neutral if line])
    return [text for text in said if phrase_in(folded(text)) is None]  # the seed holds a few dangers with their answers


def chat_messages(file: Path) -> list[str]:
    """The questions of Chatbot_data, without those that may be somebody in danger: nobody has sorted them."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        asked = [row["Q"] for row in csv.DictReader(lines)]
    return [text for text in dict.fromkeys(asked) if not _MAY_BE_DANGER.search(text)]


def _rows(folder: Path) -> list[dict]:
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.strip()]


def _said(row: dict) -> list[str]:
    if "messages" in row:
        return [message["content"] for message in row["messages"] if message["role"] == "user"]
    if "wordings" in row:
        return row["wordings"]
    return [row["text"]] if "text" in row else ["\n".join(filter(None, (row["instruction"], row.get("input"))))]
