"""Which forward pass a model gets: our own where it is faster, transformers' for everything else."""

from typing import Protocol

from torch import Tensor
from transformers import PreTrainedModel

from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.cache import SlotCache
from inference_worker.engine.int8_product import Int8Product
from inference_worker.engine.joined_linear import FloatProduct
from inference_worker.engine.lean_gemma import LeanGemma, is_lean_gemma
from inference_worker.engine.masks import MakeMasks


class Forward(Protocol):
    """One run of the model, under the rank weights that the bank holds."""

    def __call__(
        self, ids: Tensor, positions: Tensor, make_masks: MakeMasks, cache: SlotCache | None, keep: int
    ) -> Tensor:
        """
        Args:
            ids, positions: [rows, tokens].
            make_masks: see `attention_masks`.
            cache: where the tokens' keys and values are kept and those before them are found; None: they are alone.
            keep: how many tokens of each row, from its end, are asked for.

        Returns logits, [rows, keep, vocab].
        """


def make_forward(model: PreTrainedModel, bank: AdapterBank, *, max_len: int, int8: bool) -> Forward:
    """The fastest forward there is for `model`.

    `int8` holds the linear layers' weights in int8 where a lean forward can; other models stay as they were loaded.
    """
    if not is_lean_gemma(model):
        return TransformersForward(model)
    return LeanGemma(model, bank, max_len=max_len, make_product=Int8Product if int8 else FloatProduct)


class TransformersForward:
    """The model's own."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model

    def __call__(
        self, ids: Tensor, positions: Tensor, make_masks: MakeMasks, cache: SlotCache | None, keep: int
    ) -> Tensor:
        """See `Forward`."""
        output = self._model(
            input_ids=ids,
            attention_mask=make_masks(),
            position_ids=positions,
            past_key_values=cache,
            use_cache=cache is not None,
            logits_to_keep=keep,
        )
        return output.logits
