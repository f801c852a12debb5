"""Cross entropy of a batch's labels, with the vocabulary computed where a label stands and nowhere else.

With exemplars before a message four fifths of a row are prompt. TRL's trainer multiplies the head with all of it; on
two cores that is a fifth of a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from inference_worker.training.tokens import IGNORED

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel, Trainer


def base_of(model: PeftModel) -> PreTrainedModel:
    """The model below its adapter; the adapter's layers stay in it."""
    return cast("PreTrainedModel", model.get_base_model())


def head_logits(model: PeftModel, hidden: torch.Tensor) -> torch.Tensor:
    """The base's head on hidden states, in fp32: (tokens, vocabulary)."""
    base = base_of(model)
    logits = base.get_output_embeddings()(hidden).float()
    cap = getattr(base.config.get_text_config(), "final_logit_softcapping", None)  # Gemma 2 bends its logits
    return cap * (logits / cap).tanh() if cap else logits


def label_loss(
    model: PeftModel, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """Mean negative log-likelihood (nats) of the labelled tokens.

    Args:
        input_ids, attention_mask, labels: (rows, tokens); a label of -100 is not learned.
    """
    from torch.nn import functional

    body = base_of(model).get_decoder()
    states = body(input_ids=input_ids, attention_mask=attention_mask, use_cache=False).last_hidden_state
    targets = labels[:, 1:]
    is_learned = targets != IGNORED
    return functional.cross_entropy(head_logits(model, states[:, :-1][is_learned]), targets[is_learned])


def with_label_loss(trainer: type[Trainer]) -> type[Trainer]:
    """The trainer class, its loss computed by `label_loss`."""

    class LabelLossTrainer(trainer):  # type: ignore[valid-type, misc]
        def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
            tensors = inputs["input_ids"], inputs["attention_mask"], inputs["labels"]
            with self.accelerator.autocast():  # the body is called below the wrapper that would do it
                loss = label_loss(self.accelerator.unwrap_model(model), *tensors)
            return (loss, {"loss": loss}) if return_outputs else loss

    return LabelLossTrainer
