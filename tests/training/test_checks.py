"""Trainings that taught nothing are refused."""

import pytest
import torch

from inference_worker.training.checks import (
    TrainingCheckError,
    check_all_rows_used,
    check_moved,
    restore_precision,
    trainable_state,
)


def test_a_dropped_row_is_refused():
    with pytest.raises(TrainingCheckError, match="10 rows were given and 9 used"):
        check_all_rows_used(10, 9)


def test_an_adapter_that_stood_still_is_refused():
    before, after = {"a": torch.zeros(10)}, {"a": torch.tensor([1.0] * 4 + [0.0] * 6)}
    with pytest.raises(TrainingCheckError, match="Only 40.0%"):
        check_moved(before, after, minimum=0.5)
    assert check_moved(before, after, minimum=0.4) == 0.4


def test_weights_that_broke_are_refused():
    with pytest.raises(TrainingCheckError, match="not finite"):
        check_moved({"a": torch.zeros(2)}, {"a": torch.tensor([1.0, float("nan")])}, minimum=0.5)


def test_what_trains_gets_its_precision_back():
    layer = torch.nn.Linear(2, 2)
    layer.bias.requires_grad_(False)
    before = trainable_state(layer)
    layer.to(torch.bfloat16)  # as TRL does
    restore_precision(layer, before)
    assert layer.weight.equal(before["weight"])
    assert (layer.weight.dtype, layer.bias.dtype) == (torch.float32, torch.bfloat16)
