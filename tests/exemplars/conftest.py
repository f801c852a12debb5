"""Exchanges that are made up, and an encoder that counts letters: nothing here loads a model."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest

from inference_worker.exemplars.composer import Composer
from inference_worker.exemplars.exchanges import Exchange
from inference_worker.exemplars.index import ExemplarIndex


class LetterEncoder:
    """Unit vectors of a text's pairs of letters, hashed: the same text lies on itself, others by what they share."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.encoded += texts
        vectors = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in enumerate(texts):
            bare = f"^{text.replace(' ', '')}$"
            for start in range(len(bare) - 1):
                vectors[row, crc32(bare[start : start + 2].encode()) % 512] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


@pytest.fixture
def encoder() -> LetterEncoder:
    return LetterEncoder()


@pytest.fixture
def exchanges() -> list[Exchange]:
    return [
        Exchange(
            "food-1",
            ("배고파", "배고파서 죽겠다 진짜", "배고파서 죽겠네 진짜"),
            {"egen": ("뭐 먹을까?", "밥 차리자~"), "teto": ("먹어.", "라면.")},
        ),
        Exchange(
            "work-1", ("퇴사하고 싶어", "회사 그만둘래"), {"egen": ("많이 지쳤구나.",), "teto": ("통장부터 봐.",)}
        ),
        Exchange("name-1", ("내 이름 뭐게?",), {"egen": ("{name}!",), "teto": ("{name}.",)}, needs=frozenset({"name"})),
        Exchange(
            "name-2", ("내 이름 뭐게?",), {"egen": ("아직 몰라~",), "teto": ("몰라.",)}, lacks=frozenset({"name"})
        ),
        Exchange("hour-1", ("지금 몇 시야",), {"egen": ("{time}~",), "teto": ("{time}.",)}, needs=frozenset({"time"})),
    ]


@pytest.fixture
def composer(encoder, exchanges) -> Composer:
    return Composer(encoder, ExemplarIndex.of(exchanges, encoder))
