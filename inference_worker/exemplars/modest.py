"""Modest replies for messages that no exchange is near to: what was said is taken up, and one thing is asked.

An invented answer is worse than a question. The replies are written for ten kinds of message, and which kind one is,
plain words and endings say: a wrong guess costs a question that fits less well, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from inference_worker.training.row_files import RowError, read_json_lines

Kind = Literal["question", "advice", "sad", "happy", "angry", "request", "statement", "unclear", "opinion", "followup"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_SHORT = 12  # characters: a follow-up is seldom longer
# In this order: what is asked for counts before how it feels, and feelings before the bare statement.
_SIGNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("advice", re.compile(r"할까|말까|갈까|살까|어떡|어떻게 (?:하|해|할)|고민|추천|골라|조언")),
    ("opinion", re.compile(r"어때|어떻게 생각|좋아해\?|싫어해\?|생각해\?")),
    ("request", re.compile(r"(?:해|아|어|려|와|봐) ?(?:줘|주라|줄래)|부탁|시켜")),
    ("question", re.compile(r"\?|(?:뭐야|뭐지|인가|일까|은지|는지|나요|니|냐|왜|언제|어디|누구|몇)\W*$")),
    ("angry", re.compile(r"짜증|화나|화가|열받|빡치|빡쳐|어이없|킹받|억울|미치겠")),
    (
        "sad",
        re.compile(
            r"ㅠ|ㅜ|슬프|슬퍼|힘들|우울|속상|울었|눈물|망했|망함|아프|아파|지쳐|지친|외로|외롭|무서|무섭|걱정|불안|싫다|싫어|떨어졌|헤어"
        ),
    ),
    ("happy", re.compile(r"신나|신난|행복|합격|드디어|성공|최고|기뻐|기쁘|설레|붙었|땄|칭찬|좋다|좋았|재밌")),
)
_WORDS = re.compile(r"[가-힣a-zA-Z]{2,}")


@dataclass(frozen=True)
class ModestReplies:
    """The written replies, by kind and persona."""

    replies: dict[str, dict[str, tuple[str, ...]]]

    def for_message(self, message: str, persona: str, *, is_later: bool, number: int) -> str | None:
        """One that fits; `number` chooses among them. None where nobody wrote any for this persona."""
        given = self.replies.get(kind_of(message, is_later=is_later), {}).get(persona, ())
        return given[number % len(given)] if given else None


def kind_of(message: str, *, is_later: bool) -> Kind:
    """What kind of message it is; `is_later` where something was said before it. Linear in the message's length."""
    text = message.strip()
    for kind, sign in _SIGNS:
        if sign.search(text):
            return kind
    if is_later and len(text) <= _SHORT:
        return "followup"
    return "statement" if _WORDS.search(text) else "unclear"


@lru_cache
def read_modest_replies(file: Path) -> ModestReplies:
    """Lines {"kind", "replies": {slug: [...]}}. Raises RowError for a line that is none, or a kind that is unknown."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for line, data in read_json_lines(file):
        if data.get("kind") not in KINDS:
            raise RowError(file, line, "kind", f"must be one of {', '.join(KINDS)}")
        found[data["kind"]] = {slug: _texts(file, line, slug, texts) for slug, texts in data["replies"].items()}
    return ModestReplies(found)


def _texts(file: Path, line: int, slug: str, texts: Sequence[str]) -> tuple[str, ...]:
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise RowError(file, line, f"replies.{slug}", "must be texts that aren't empty")
    return tuple(text.strip() for text in texts)
