"""Replies come and go between steps, and nobody waits for anybody's end."""

import pytest

from inference_worker.engine import BadRequest, EngineBusy, PromptTooLong, Request, UnknownAdapter
from tests.engine.conftest import alone, ask, finish

PROMPT = list(range(20, 32))


def test_a_newcomer_joins_while_another_reply_runs(engine):
    first = engine.submit(ask(PROMPT, tokens=20))
    engine.step()
    engine.step()
    second = engine.submit(ask(PROMPT[3:], {"egen": 1.0}, tokens=3))
    finish(engine, second)
    assert len(second.result().token_ids) == 3
    assert len(first.result().token_ids) == 20


def test_a_short_reply_leaves_before_a_long_one_ends(engine):
    long, short = engine.submit(ask(PROMPT, tokens=30)), engine.submit(ask(PROMPT, tokens=2))
    for _ in range(4):
        engine.step()
    assert short.result().finish == "length"
    assert engine.running == 1
    finish(engine, long)


def test_running_replies_get_a_token_between_two_newcomers(engine):
    running = engine.submit(ask(PROMPT, tokens=20))
    engine.step()
    newcomers = [engine.submit(ask(PROMPT, tokens=2)) for _ in range(3)]
    for _ in newcomers:
        before = len(running.token_ids)
        engine.step()
        engine.step()
        assert len(running.token_ids) > before
    finish(engine)


def test_whoever_finds_no_row_waits_for_one(make_engine):
    engine = make_engine(max_streams=1)
    sequences = [engine.submit(ask(PROMPT, tokens=3)) for _ in range(3)]
    engine.step()
    assert (engine.running, engine.waiting) == (1, 2)
    results = finish(engine, *sequences)
    assert len({result.token_ids for result in results}) == 1


def test_a_full_queue_is_busy_and_takes_requests_again_later(make_engine):
    engine = make_engine(max_streams=1, max_waiting=2)
    for _ in range(2):
        engine.submit(ask(PROMPT, {"egen": 1.0}, tokens=2))
    with pytest.raises(EngineBusy, match="Try again"):
        engine.submit(ask(PROMPT, {"egen": 1.0}, tokens=2))
    engine.step()
    engine.submit(ask(PROMPT, tokens=2))
    finish(engine)


@pytest.mark.parametrize("victim", [0, 1, 2])
def test_cancel_frees_the_row_within_one_step_and_spares_the_others(engine, victim):
    requests = [ask(PROMPT[n:], {"egen": n / 4, "teto": 1 - n / 4}, tokens=16) for n in range(3)]
    expected = [alone(engine, request) for request in requests]
    sequences = [engine.submit(request) for request in requests]
    for _ in range(8):
        engine.step()

    sequences[victim].cancelled = True
    events = engine.step()

    assert engine.running == 2
    [delta] = [delta for sequence, delta in events if sequence is sequences[victim]]
    assert delta.finish == "cancelled"
    results = finish(engine, *sequences)
    for index, result in enumerate(results):
        if index == victim:
            assert result.finish == "cancelled"
            assert expected[index].text.startswith(result.text)
        else:
            assert result == expected[index]


def test_cancel_of_a_waiting_request_frees_its_place(make_engine):
    engine = make_engine(max_streams=1)
    running, waiting = (engine.submit(ask(PROMPT, {"egen": 1.0}, tokens=4)) for _ in range(2))
    engine.step()
    waiting.cancelled = True
    engine.step()
    assert engine.waiting == 0
    assert waiting.result().token_ids == ()
    finish(engine, running)


def test_a_reply_ends_where_the_context_ends(make_engine):
    engine = make_engine(max_len=20)
    result = alone(engine, ask(PROMPT, tokens=100))
    assert len(result.token_ids) == 20 - len(PROMPT)
    assert result.finish == "length"


def test_a_prompt_that_fills_the_context_is_refused(make_engine):
    engine = make_engine(max_len=len(PROMPT))
    with pytest.raises(PromptTooLong, match="12 tokens; at most 11"):
        engine.submit(ask(PROMPT))


def test_the_context_is_never_longer_than_the_models(make_engine):
    assert make_engine(max_len=10**6).max_len == 512


def test_a_stop_token_ends_the_reply_and_is_not_shown(engine):
    whole = alone(engine, ask(PROMPT, tokens=10))
    stop = whole.token_ids[4]
    result = alone(engine, ask(PROMPT, tokens=10, stop_token_ids={stop}))
    length = whole.token_ids.index(stop) + 1
    assert result.finish == "stop"
    assert result.token_ids == whole.token_ids[:length]
    assert whole.text.startswith(result.text)


@pytest.mark.parametrize("token", [-1, 10**6])
def test_a_token_that_the_model_does_not_have_is_refused(engine, token):
    with pytest.raises(BadRequest, match="Token ids"):
        engine.submit(ask([5, token]))


def test_an_adapter_that_is_not_loaded_is_refused_with_the_loaded_ones_named(engine):
    with pytest.raises(UnknownAdapter, match="'nobody'.*egen, shy, teto"):
        engine.submit(ask(PROMPT, {"egen": 0.5, "nobody": 0.5}))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"tokens": 0}, "max_new_tokens"),
        ({"temperature": -1}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"top_p": 1.1}, "top_p"),
        ({"top_k": -1}, "top_k"),
        ({"repetition_penalty": 0}, "repetition_penalty"),
        ({"stop_strings": ("",)}, "stop string"),
        ({"adapters": {"egen": float("inf")}}, "weights"),
    ],
)
def test_values_that_cannot_run_are_refused_by_name(values, named):
    with pytest.raises(BadRequest, match=named):
        ask(PROMPT, **values)


def test_an_empty_prompt_is_refused():
    with pytest.raises(BadRequest, match="empty"):
        Request(())
