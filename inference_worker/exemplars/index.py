"""The exchanges nearest to a message, looked up in memory: one product of all wordings' vectors with the message's.

50,000 wordings of 256 numbers take 25 MB in half precision and some milliseconds; no approximate search is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from inference_worker.exemplars.exchanges import Exchange


class Encoder(Protocol):
    """Turns texts into vectors whose product says how alike two texts are."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors, float32 (texts, dimensions)."""


@dataclass(frozen=True)
class Near:
    """An exchange beside a message: the wording that is nearest, and how near (1.0: the same)."""

    exchange: Exchange
    wording: str
    similarity: float


class ExemplarIndex:
    """Wordings and their vectors. Never changed in place: `with_changes` gives a new one, so readers need no lock."""

    def __init__(self, exchanges: Sequence[Exchange], vectors: np.ndarray) -> None:
        """`vectors`: (wordings, dimensions), one a wording, in the exchanges' order."""
        self.exchanges = tuple(exchanges)
        self._owners = np.repeat(np.arange(len(exchanges)), [len(exchange.wordings) for exchange in exchanges])
        self._wordings = [wording for exchange in exchanges for wording in exchange.wordings]
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if len(self._wordings) != len(self._vectors):
            raise ValueError(f"{len(self._wordings)} wordings have {len(self._vectors)} vectors; each needs one.")

    @classmethod
    def of(cls, exchanges: Sequence[Exchange], encoder: Encoder) -> ExemplarIndex:
        """An index of these exchanges, each wording encoded."""
        return cls(exchanges, encoder.encode([wording for one in exchanges for wording in one.wordings]))

    def __len__(self) -> int:
        return len(self.exchanges)

    def with_changes(self, added: Sequence[Exchange], removed: Iterable[str], encoder: Encoder) -> ExemplarIndex:
        """This index without the exchanges of the `removed` ids, and with the `added` ones."""
        gone = set(removed) | {exchange.id for exchange in added}
        stays = [exchange for exchange in self.exchanges if exchange.id not in gone]
        is_kept = np.array([exchange.id not in gone for exchange in self.exchanges], dtype=bool)
        kept_vectors = self._vectors[is_kept[self._owners]] if len(self.exchanges) else self._vectors
        if not added:
            return ExemplarIndex(stays, kept_vectors)
        new = encoder.encode([wording for one in added for wording in one.wordings])
        vectors = np.concatenate([kept_vectors, new]) if len(kept_vectors) else new
        return ExemplarIndex([*stays, *added], vectors)

    def nearest(
        self,
        vector: np.ndarray,
        count: int,
        *,
        fits: Callable[[Exchange], bool] = lambda exchange: True,
        hidden: Iterable[str] = (),
    ) -> list[Near]:
        """The `count` exchanges nearest to a message's vector, nearest first.

        Args:
            fits: which exchanges may be found.
            hidden: wordings that are not to be found. Training hides the very wording that it asks for.
        """
        if not self._wordings:
            return []
        similarities = self._vectors @ vector
        hidden = set(hidden)
        found: dict[int, Near] = {}
        for row in _downwards(similarities):
            owner, wording = int(self._owners[row]), self._wordings[row]
            exchange = self.exchanges[owner]
            if owner in found or wording in hidden or not fits(exchange):
                continue
            found[owner] = Near(exchange, wording, float(similarities[row]))
            if len(found) == count:
                break
        return list(found.values())


def _downwards(similarities: np.ndarray) -> Iterable[int]:
    """Row numbers, the most similar first. The first hundred are enough but for odd cases, and sorting all is dear."""
    if len(similarities) <= 128:
        yield from np.argsort(-similarities, kind="stable")
        return
    best = np.argpartition(-similarities, 128)[:128]
    best = best[np.argsort(-similarities[best], kind="stable")]
    yield from best
    rest = np.argsort(-similarities, kind="stable")
    yield from rest[~np.isin(rest, best)]
