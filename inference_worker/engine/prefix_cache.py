"""Prefixes that are not computed twice: a persona's constant prompt, and a conversation's earlier turns."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass

import torch
from torch import Tensor

from inference_worker.engine.adapters import Mix

BLOCK_TOKENS = 16


@dataclass(eq=False)
class Block:
    """The states of BLOCK_TOKENS tokens in all layers, [BLOCK_TOKENS, numbers]."""

    mix: Mix
    states: Tensor


_Key = tuple[Mix | Block, tuple[int, ...]]  # what stands before the block, and the block's own tokens


class PrefixCache:
    """Keeps what replies have computed, in blocks of tokens, at most `max_tokens` of them; 0 keeps nothing.

    A block is found by what stands before it, the block there or at the start the mix of adapters, and by its tokens:
    so it stands for one whole prefix under one mix, exactly and without hashes that could collide. A mix holds the
    adapters themselves, so neither another persona nor another adapter under the same name finds it.

    Blocks and not single tokens: all conversations of a persona share the blocks of its constant prompt, a
    conversation's next turn adds only its own, and the least recently used leave one by one. The price: up to
    BLOCK_TOKENS - 1 tokens of a known prefix are computed again, as part of a piece that must be run anyway.
    """

    def __init__(self, max_tokens: int) -> None:
        self.hits = 0  # prompts of which a part was known
        self.misses = 0
        self.reused_tokens = 0
        self._max_blocks = max_tokens // BLOCK_TOKENS
        # The longest unused first. A block is never older here than those behind it, so the first one is a last one.
        self._blocks: OrderedDict[_Key, Block] = OrderedDict()

    @property
    def tokens(self) -> int:
        """How many tokens are kept."""
        return len(self._blocks) * BLOCK_TOKENS

    def find(self, mix: Mix, token_ids: SequenceOf[int]) -> Tensor | None:
        """The states of the longest known prefix, [tokens, numbers]; at least one token is left to compute."""
        path = self._path(mix, token_ids[:-1])
        self._touch(path)
        self.hits += bool(path)
        self.misses += not path
        self.reused_tokens += len(path) * BLOCK_TOKENS
        return torch.cat([self._blocks[key].states for key in path]) if path else None

    def keep(self, mix: Mix, token_ids: SequenceOf[int], read: Callable[[int, int], Tensor]) -> None:
        """Keep the states of a prefix, as many whole blocks of it as are new and fit.

        Args:
            token_ids: the tokens whose states are at hand.
            read: returns a copy of the states from a first to before a last position, [tokens, numbers].
        """
        if any(adapter.is_unloaded for adapter, _ in mix):
            return  # nobody can ask for it any more
        pieces = list(_blocks_of(token_ids))[: self._max_blocks]
        path = self._path(mix, token_ids)[: len(pieces)]
        new = pieces[len(path) :]
        if new:
            states = read(len(path) * BLOCK_TOKENS, len(pieces) * BLOCK_TOKENS)
            for piece, own in zip(new, states.split(BLOCK_TOKENS), strict=True):
                path.append((self._blocks[path[-1]] if path else mix, piece))
                self._blocks[path[-1]] = Block(mix, own.clone())  # a copy of its own: memory leaves with the block
        self._touch(path)
        while len(self._blocks) > self._max_blocks:
            self._blocks.popitem(last=False)

    def forget_unloaded(self) -> None:
        """Drop what belongs to adapters that no request can name any more."""
        for key, block in list(self._blocks.items()):
            if any(adapter.is_unloaded for adapter, _ in block.mix):
                del self._blocks[key]

    def clear(self) -> bool:
        """Drop everything. False if there was nothing."""
        had_any = bool(self._blocks)
        self._blocks.clear()
        return had_any

    def _path(self, mix: Mix, token_ids: SequenceOf[int]) -> list[_Key]:
        """The keys of the blocks that a text begins with, in the order of the text."""
        path: list[_Key] = []
        before: Mix | Block = mix
        for piece in _blocks_of(token_ids):
            block = self._blocks.get((before, piece))
            if block is None:
                break
            path.append((before, piece))
            before = block
        return path

    def _touch(self, path: list[_Key]) -> None:
        """Mark a path as used: its start last, as the youngest."""
        for key in reversed(path):
            self._blocks.move_to_end(key)


def _blocks_of(token_ids: SequenceOf[int]) -> Iterator[tuple[int, ...]]:
    """The whole blocks of a text; an unfinished one at the end is left out."""
    for start in range(0, len(token_ids) - BLOCK_TOKENS + 1, BLOCK_TOKENS):
        yield tuple(token_ids[start : start + BLOCK_TOKENS])
