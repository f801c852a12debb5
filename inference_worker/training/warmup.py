"""General chat for the warm-up, brought down to the personas' speech level.

The rows come from a file outside the repository, are used in memory, and are written nowhere.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from inference_worker.training.row_files import read_chat_rows
from inference_worker.training.rows import ChatRow, sample_rows

CHATBOT_DATA = {
    "name": "songys/Chatbot_data",
    "license": "MIT, Copyright (c) 2018",
    "url": "https://github.com/songys/Chatbot_data",
    "sha256": "287eb129695b577321c80ad397bb3c2279164d4ca577874d129fd3db5b30afe2",
}

# Polite endings and their plain twins, longest first. What fits none of them ("~니다", most "~세요") is left out:
# half-turned sentences would teach bad Korean.
_PLAIN_ENDINGS = (
    ("이에요", "이야"),
    ("이예요", "이야"),
    ("니에요", "니야"),
    ("거예요", "거야"),
    ("하세요", "해"),
    ("마세요", "마"),
    ("주세요", "줘"),
    ("드세요", "먹어"),
    ("오세요", "와"),
    ("가세요", "가"),
    ("내세요", "내"),
    ("두세요", "둬"),
    ("사세요", "사"),
    ("리세요", "려"),
    ("지세요", "져"),
    ("기세요", "겨"),
    ("보세요", "봐"),
    ("예요", "야"),
    ("죠", "지"),
)
_DROPPABLE_YO = re.compile(r"(?<=[아어여해돼네게까나가군지데봐와라걸줘워져려서러껴퍼뻐커써펴쳐겨둬])요$")
_HONORIFIC = re.compile(r"시(네|군|나|겠|는|던|면|지)|셨|드리|드릴|드려|저[는도를의]|제가|당신|께[서요]")
_SENTENCE = re.compile(r"([^.!?~]+)([.!?~]*\s*)")


def read_warmup_rows(path: Path, max_rows: int, seed: int) -> list[ChatRow]:
    """At most `max_rows` exchanges whose answers are in, or can be put into, plain speech; the same ones every time.

    Raises:
        RowError: the file cannot be read.
    """
    rows = []
    for row in read_chat_rows(path):
        answer = plain_speech(row.reply)
        if answer is not None:
            rows.append(ChatRow(row.id, (*row.prompt, {"role": "assistant", "content": answer})))
    return sample_rows(rows, max_rows, seed)


def describe_source(path: Path) -> dict[str, str]:
    """For manifests: what file it is, by its SHA-256 (hex), with its licence where we know it."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return CHATBOT_DATA if digest == CHATBOT_DATA["sha256"] else {"name": path.name, "sha256": digest}


def plain_speech(text: str) -> str | None:
    """The text with its sentences' polite endings made plain (요 dropped and the like), or None where that is not
    a matter of the ending alone."""
    if _HONORIFIC.search(text):
        return None
    sentences = []
    for sentence, mark in _SENTENCE.findall(text):
        plain = _plain_sentence(sentence)
        if plain is None:
            return None
        sentences.append(plain + mark)
    return "".join(sentences).strip() or None


def _plain_sentence(sentence: str) -> str | None:
    for polite, plain in _PLAIN_ENDINGS:
        if sentence.endswith(polite):
            return sentence.removesuffix(polite) + plain
    plain = _DROPPABLE_YO.sub("", sentence)
    return None if plain.endswith(("요", "니다", "니까", "시다", "시오")) else plain
