"""Messages that no small model may answer by itself: they get an answer that people wrote, in the persona's own voice.

Two kinds: somebody may be about to harm themselves, and sexual content about minors. Which message is one, `moderation`
says; a false alarm costs a visitor one caring sentence. Abuse never comes this far: the web refuses it.
"""

from functools import lru_cache

from inference_worker.training.rows import ChatRow
from inference_worker.training.seed_data import SEED_DATA, SeedData
from moderation import danger_of


def written_answer(persona: str, message: str, seed: int, data: SeedData = SEED_DATA) -> str | None:
    """The written answer to the most similar of the known dangers; None where the model may answer.

    The seed chooses among the best three, so that a second answer is seldom the first one again. A persona for whom
    nobody wrote answers gives egen's: silence would be worse than a foreign voice.
    """
    danger = danger_of(message)
    if danger is None:
        return None
    kind = "minors" if danger.kind == "minors" else "self_harm"
    rows = _rows(data, persona, kind) or _rows(data, "egen", kind)
    asked = _pairs_of_letters(message)
    best = sorted(rows, key=lambda row: -_alike(asked, _pairs_of_letters(row.messages[0]["content"])))[:3]
    return best[seed % len(best)].reply


@lru_cache
def _rows(data: SeedData, persona: str, kind: str) -> list[ChatRow]:
    return [row for row in data.safety_rows(persona) if row.category == kind]


def _pairs_of_letters(text: str) -> set[str]:
    letters = "".join(text.split())
    return {letters[start : start + 2] for start in range(len(letters) - 1)}


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
