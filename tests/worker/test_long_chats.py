"""A chat longer than the model's context loses its oldest exchanges, never its newest message."""

import pytest

from inference_worker.chat_format import fit_into, render
from inference_worker.contracts import Sampling
from inference_worker.engine import PromptTooLong


def talk(exchanges: int) -> list[dict[str, str]]:
    messages = []
    for number in range(exchanges):
        messages += [
            {"role": "user", "content": f"{number}번째 말 " * 20},
            {"role": "assistant", "content": "응 " * 20},
        ]
    return [*messages, {"role": "user", "content": "마지막 말"}]


def test_a_short_chat_is_read_whole(engine):
    messages = talk(1)
    assert fit_into(2000, messages, engine.tokenizer)[1] == render(messages, engine.tokenizer)


def test_the_oldest_exchanges_go_first_and_the_system_text_stays(engine):
    system = {"role": "system", "content": "다정하게"}
    whole = [system, *talk(6)]
    room = len(render([system, *talk(6)[-5:]], engine.tokenizer))
    assert fit_into(room, whole, engine.tokenizer)[1] == render([system, *talk(6)[-5:]], engine.tokenizer)


def test_a_last_message_that_alone_is_too_long_is_refused_in_words(engine):
    with pytest.raises(PromptTooLong):
        engine.submit([{"role": "user", "content": "🫠" * 3000}], [], Sampling())
