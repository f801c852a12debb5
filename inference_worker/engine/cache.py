"""Keys and values of the running replies: a row of fixed length for each, running rows kept at the front."""

import math
import mmap

import torch
from torch import Tensor
from transformers.cache_utils import Cache, CacheLayerMixin


class Place:
    """Which rows and positions the running forward writes, and how far it reads. Shared by all layers."""

    rows: slice
    row_index: Tensor  # [rows, 1]
    positions: Tensor  # [rows, tokens]
    longest: int  # positions of the longest row, the new tokens included


class SlotLayer(CacheLayerMixin):
    """One layer's keys and values, [slots, kv_heads, max_len, head_dim], made at the first forward."""

    is_sliding = False  # all positions are kept; a sliding layer's window is a matter of its mask
    keys: Tensor
    values: Tensor

    def __init__(self, place: Place, slots: int, max_len: int) -> None:
        super().__init__()
        self._place, self._slots, self._max_len = place, slots, max_len

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Take head count, head size, type and device from the first states seen."""
        self.keys, self.values = self._empty(key_states), self._empty(value_states)
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *args, **kwargs) -> tuple[Tensor, Tensor]:
        """Store the new states [rows, kv_heads, tokens, head_dim]; return everything the rows have stored."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        place = self._place
        self.keys[place.row_index, :, place.positions] = key_states.transpose(1, 2)
        self.values[place.row_index, :, place.positions] = value_states.transpose(1, 2)
        return self.keys[place.rows, :, : place.longest], self.values[place.rows, :, : place.longest]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self._place.longest, 0

    def get_seq_length(self) -> int:
        return self._place.longest

    def get_max_length(self) -> int:
        return self._max_len

    def _empty(self, states: Tensor) -> Tensor:
        shape = (self._slots, states.shape[1], self._max_len, states.shape[3])
        if states.device.type != "cpu":
            return torch.zeros(shape, dtype=states.dtype, device=states.device)
        # Memory that was never written takes none: idle rows cost nothing. torch's zeros are written; numpy asks for
        # huge pages, of which the first token of a row would take a whole one in each layer.
        memory = mmap.mmap(-1, math.prod(shape) * states.dtype.itemsize)
        return torch.frombuffer(memory, dtype=states.dtype).view(shape)


class SlotCache(Cache):
    """The cache that the model's forward gets as `past_key_values`. Call `aim` before each forward."""

    def __init__(self, layers: int, slots: int, max_len: int) -> None:
        self._place = Place()
        self._slot_layers = [SlotLayer(self._place, slots, max_len) for _ in range(layers)]
        super().__init__(layers=list(self._slot_layers))

    def aim(self, first_row: int, positions: Tensor, longest: int) -> None:
        """Say where the next forward's tokens belong.

        Args:
            first_row: the row of the forward's first batch entry; the others follow it.
            positions: [rows, tokens], the position of each new token in its row.
            longest: the largest of these positions, plus one.
        """
        place, count = self._place, positions.shape[0]
        place.rows = slice(first_row, first_row + count)
        place.row_index = torch.arange(first_row, first_row + count, device=positions.device).unsqueeze(1)
        place.positions, place.longest = positions, longest

    @property
    def first_row(self) -> int:
        """The row of the forward's first batch entry."""
        return self._place.rows.start

    def stored(self, layer: int, like: Tensor) -> tuple[Tensor, Tensor]:
        """All keys and all values of a layer, [slots, kv_heads, max_len, head_dim], for a forward that stores its own.

        `like` are states of the layer, [rows, kv_heads, tokens, head_dim], in case that there were none before.
        """
        states = self._slot_layers[layer]
        if not states.is_initialized:
            states.lazy_initialization(like, like)
        return states.keys, states.values

    def move(self, source: int, target: int, length: int) -> None:
        """Copy the first `length` positions of a row over another row."""
        for states in self._states():
            states[target, :, :length] = states[source, :, :length]

    def read(self, row: int, start: int, stop: int) -> Tensor:
        """A copy of what a row holds for positions from `start` to before `stop`, [tokens, numbers of all layers]."""
        return torch.cat([states[row, :, start:stop].transpose(0, 1).flatten(1) for states in self._states()], dim=1)

    def write(self, row: int, saved: Tensor) -> None:
        """Begin a row with what `read` returned."""
        tokens, parts = len(saved), self._states()
        widths = [states.shape[1] * states.shape[3] for states in parts]
        for states, part in zip(parts, saved.split(widths, dim=1), strict=True):
            states[row, :, :tokens] = part.unflatten(1, (states.shape[1], -1)).transpose(0, 1)

    def clear(self, row: int) -> None:
        """Zero a row. Left-over states are masked, but a masked NaN is still a NaN."""
        for states in self._states():
            states[row].zero_()

    def _states(self) -> list[Tensor]:
        return [states for layer in self._slot_layers if layer.is_initialized for states in (layer.keys, layer.values)]
