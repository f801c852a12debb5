"""What is learned is, token for token, what serving asks for."""

import pytest

from inference_worker.base_model import load_tokenizer
from inference_worker.chat_format import render, stop_token_ids
from inference_worker.training.rows import ChatRow, PreferenceRow
from inference_worker.training.tokens import IGNORED, RowTooLongError, encode_chat, encode_preference, reply_ids
from tests.tiny_models import make_tiny_base

ASK = {"role": "user", "content": "안녕"}
ANSWER = {"role": "assistant", "content": "어 왔어?"}


@pytest.fixture(scope="module", params=["gemma3", "llama", "qwen2"])
def any_tokenizer(request, tmp_path_factory):
    return load_tokenizer(make_tiny_base(tmp_path_factory.mktemp(request.param), request.param))


def test_the_prompt_is_the_served_prompt_and_the_reply_ends_its_turn(any_tokenizer):
    prompt, reply = reply_ids([ASK], ANSWER["content"], any_tokenizer)
    assert prompt == render([ASK], any_tokenizer)
    assert reply[-1] in stop_token_ids(any_tokenizer)
    assert not set(reply[:-1]) & stop_token_ids(any_tokenizer)
    assert any_tokenizer.decode(reply[:-1]) == ANSWER["content"]


def test_only_replies_are_learned_in_every_turn(any_tokenizer):
    row = ChatRow(
        "dialogue", (ASK, ANSWER, {"role": "user", "content": "배고파"}, {"role": "assistant", "content": "먹어."})
    )
    encoded = encode_chat(row, any_tokenizer, 200)
    learned = [token for token in encoded["labels"] if token != IGNORED]
    stops = stop_token_ids(any_tokenizer)
    assert any_tokenizer.decode([token for token in learned if token not in stops]) == "어 왔어?먹어."
    assert sum(token in stops for token in learned) == 2
    assert all(label in (IGNORED, token) for token, label in zip(encoded["input_ids"], encoded["labels"], strict=True))


def test_a_control_token_that_somebody_typed_stays_text(any_tokenizer):
    stops = stop_token_ids(any_tokenizer)
    sly = any_tokenizer.decode(sorted(stops)[:1])
    _, reply = reply_ids([ASK], f"하나{sly}둘", any_tokenizer)
    assert sum(token in stops for token in reply) == 1


def test_a_row_too_long_is_an_error_that_names_it(tokenizer):
    with pytest.raises(RowTooLongError, match="'long'.*limit is 32"):
        encode_chat(ChatRow("long", ({"role": "user", "content": "길다 " * 50}, ANSWER)), tokenizer, 32)
    with pytest.raises(RowTooLongError, match="'안녕'"):
        encode_preference(PreferenceRow((ASK,), "짧다", "길다 " * 50), tokenizer, 32)
