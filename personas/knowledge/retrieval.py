"""Which fact a message asks about, by its words alone.

A message asks about a fact when it has a word from each group of one of the fact's ways of asking, and says little
else: the score is the share of its letters that stand in words explained by the fact and by the small words of asking.
So "내 결과 뭐였지?" asks, and "시험 결과가 안 좋아서 우울해" talks about something of its own.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from personas.knowledge.facts import Fact, facts, joined, small_words

CONFIDENT = 0.85  # below it, something else is talked about (measured: `manage.py measure_site_facts`)
LONGEST_QUESTION = 60  # characters; who writes more talks about themselves


@dataclass(frozen=True)
class Match:
    """The fact a message asks about, and the share of the message (0 to 1) that this explains."""

    key: str
    score: float


def fact_asked(message: str) -> Match | None:
    """The fact that a message asks about; None where it hardly does."""
    if len(message) > LONGEST_QUESTION:
        return None
    words = re.findall(r"[0-9a-z가-힣ㄱ-ㅎㅏ-ㅣ]+", message.lower())
    letters = "".join(words)
    if not letters:
        return None
    matches = [
        (score, groups, fact.key)
        for fact in facts().values()
        if (groups := _groups_met(fact, letters)) and (score := _share_explained(fact, words)) >= CONFIDENT
    ]
    if not matches:
        return None
    score, _groups, key = max(matches, key=lambda match: (match[1], match[0]))
    return Match(key, score)


def _groups_met(fact: Fact, letters: str) -> int:
    """How many groups the most particular way of asking has, of those whose groups all have a word in the message."""
    met = [len(way) for way in fact.asked if all(any(joined(word) in letters for word in group) for group in way)]
    return max(met, default=0)


def _share_explained(fact: Fact, words: list[str]) -> float:
    vocabulary = _vocabulary(fact.key)
    explained = sum(len(word) for word in words if vocabulary.spells(word))
    return explained / sum(map(len, words))


@dataclass(frozen=True)
class _Vocabulary:
    """Parts that words are put together from."""

    parts: frozenset[str]
    longest: int  # characters of the longest part

    def spells(self, word: str) -> bool:
        """Whether the word is one part or several in a row.

        Each place is looked at once, however many ways lead to it: a pattern `(ㅋ|ㅋㅋ)+` would try every way, and
        there are more of them than anyone can wait for.
        """
        reached = {0}
        for end in range(1, len(word) + 1):
            starts = range(max(0, end - self.longest), end)
            if any(start in reached and word[start:end] in self.parts for start in starts):
                reached.add(end)
        return len(word) in reached and bool(word)


@lru_cache
def _vocabulary(key: str) -> _Vocabulary:
    """The fact's own words and the small ones."""
    own = {
        part for way in facts()[key].asked for group in way for word in group for part in (*word.split(), joined(word))
    }
    parts = frozenset(own | small_words())
    return _Vocabulary(parts, max(map(len, parts)))
