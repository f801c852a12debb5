"""Tensors and forward passes: what the model is run on, and under which weights."""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor
from transformers import PreTrainedModel

from inference_worker.engine.adapters import AdapterBank, Mix
from inference_worker.engine.cache import SlotCache
from inference_worker.engine.forward import make_forward
from inference_worker.engine.masks import attention_masks, attention_windows


class Runner:
    """Runs the model over prompts and over batches of running replies."""

    def __init__(
        self, model: PreTrainedModel, bank: AdapterBank, *, slots: int, max_len: int, int8: bool = False
    ) -> None:
        config = model.config.get_text_config()
        self.vocab_size: int = config.vocab_size
        self.device = model.device
        self._bank = bank
        self._dtype = next(model.get_input_embeddings().parameters()).dtype
        self._windows = attention_windows(config)
        self._forward = make_forward(model, bank, max_len=max_len, int8=int8)
        self._cache = SlotCache(config.num_hidden_layers, slots, max_len)
        self._weighed: tuple[int, tuple[Mix, ...]] | None = None  # what the bank's row weights were made for
        self._warm_up()

    @torch.inference_mode()
    def prefill(self, row: int, piece: Sequence[int], mix: Mix, start: int = 0) -> Tensor:
        """Run a piece of a prompt and keep its keys and values in `row`, which holds the `start` tokens before it.

        Returns the logits after the piece's last token, [1, vocab].
        """
        end = start + len(piece)
        ids = torch.tensor([piece], device=self.device)
        positions = torch.arange(start, end, device=self.device).unsqueeze(0)
        return self._step(row, ids, positions, end, [mix])

    @torch.inference_mode()
    def decode(self, last_ids: Sequence[int], positions: Sequence[int], mixes: Sequence[Mix]) -> Tensor:
        """Run one token of each of the first rows. `positions` are the tokens' own. Returns logits, [rows, vocab]."""
        ids = torch.tensor(last_ids, device=self.device).unsqueeze(1)
        places = torch.tensor(positions, device=self.device).unsqueeze(1)
        return self._step(0, ids, places, max(positions) + 1, mixes)

    @torch.inference_mode()
    def tail_logits(self, texts: Sequence[Sequence[int]], tail: int, mixes: Sequence[Mix]) -> Tensor:
        """Run whole texts without the cache. Returns the logits after each of the last `tail` tokens,
        [texts, tail, vocab]; texts of different lengths end together.
        """
        longest = max(map(len, texts))
        ids = torch.tensor([[0] * (longest - len(text)) + list(text) for text in texts], device=self.device)
        pads = torch.tensor([longest - len(text) for text in texts], device=self.device)
        places = torch.arange(longest, device=self.device).expand(len(texts), longest)
        make_masks = partial(attention_masks, places, longest, self._windows, self._dtype, first_key=pads)
        self._weigh(mixes)
        return self._forward(ids, (places - pads.unsqueeze(1)).clamp(min=0), make_masks, None, tail).float()

    @torch.inference_mode()
    def move_row(self, source: int, target: int, length: int) -> None:
        """Copy a row's first `length` positions over another row."""
        self._cache.move(source, target, length)

    @torch.inference_mode()
    def read_row(self, row: int, start: int, stop: int) -> Tensor:
        """A copy of a row's keys and values from position `start` to before `stop`, [tokens, numbers]."""
        return self._cache.read(row, start, stop)

    @torch.inference_mode()
    def write_row(self, row: int, saved: Tensor) -> None:
        """Begin a row with keys and values that `read_row` returned."""
        self._cache.write(row, saved)

    @torch.inference_mode()
    def clear_row(self, row: int) -> None:
        """Wipe a row that holds numbers gone wrong."""
        self._cache.clear(row)

    def _warm_up(self) -> None:
        """Run a prompt and a step: what is compiled on its first use shall not be under somebody's first message."""
        self.prefill(0, (0, 0), ())
        self.decode([0], [2], [()])

    def _step(self, first_row: int, ids: Tensor, positions: Tensor, longest: int, mixes: Sequence[Mix]) -> Tensor:
        self._cache.aim(first_row, positions, longest)
        self._weigh(mixes)
        make_masks = partial(attention_masks, positions, longest, self._windows, self._dtype)
        return self._forward(ids, positions, make_masks, self._cache, 1)[:, -1].float()

    def _weigh(self, mixes: Sequence[Mix]) -> None:
        """Set the rows' adapter weights, unless they are the last forward's."""
        wanted = (self._bank.changes, tuple(mixes))
        if self._weighed != wanted:
            self._bank.rank_weights.rows = self._bank.weights_of(mixes)
            self._weighed = wanted
