"""SFT teaches, on a plain base and on a quantised one."""

import pytest

from inference_worker.training.progress import silent
from inference_worker.training.rows import ChatRow
from inference_worker.training.sft import train_sft
from inference_worker.training.tokens import RowTooLongError
from tests.training.conftest import load_tiny


def _train(model, tokenizer, rows, settings, progress=silent):
    return train_sft(model, tokenizer, rows, settings.sft, max_length=128, seed=1, progress=progress)


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_it_lowers_the_loss_and_moves_the_weights(tiny_base, tokenizer, tiny_data, tiny_settings, quantization):
    model = load_tiny(tiny_base, tiny_settings, quantization=quantization)
    events = []
    rows = tiny_data.persona_rows("egen", "train")
    figures = _train(model, tokenizer, rows, tiny_settings, events.append)
    assert figures["rows"] == 8 and figures["steps"] == 6
    assert figures["loss_last"] < figures["loss_first"]
    assert figures["moved_share"] > 0.9
    assert events[0]["stage"] == "sft" and events[0]["steps"] == 6


def test_the_base_stays_as_it_was(tiny_base, tokenizer, tiny_data, tiny_settings):
    model = load_tiny(tiny_base, tiny_settings)
    frozen = {name: p.detach().clone() for name, p in model.named_parameters() if "lora_" not in name}
    _train(model, tokenizer, tiny_data.persona_rows("egen", "train"), tiny_settings)
    assert all(model.get_parameter(name).equal(before) for name, before in frozen.items())


def test_the_same_seed_gives_the_same_losses(tiny_base, tokenizer, tiny_data, tiny_settings):
    rows = tiny_data.persona_rows("egen", "train")
    runs = [_train(load_tiny(tiny_base, tiny_settings), tokenizer, rows, tiny_settings) for _ in range(2)]
    assert runs[0]["loss_last"] == runs[1]["loss_last"]


def test_a_row_too_long_stops_it_instead_of_being_dropped(tiny_base, tokenizer, tiny_settings):
    row = ChatRow("endless", ({"role": "user", "content": "아 " * 200}, {"role": "assistant", "content": "그래."}))
    with pytest.raises(RowTooLongError, match="endless"):
        _train(load_tiny(tiny_base, tiny_settings), tokenizer, [row], tiny_settings)
