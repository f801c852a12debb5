"""The engine's figures for operators: right at every step, and after whatever may happen to a reply."""

import threading

from inference_worker.engine import EngineThread, StepFailed
from tests.engine.conftest import alone, ask, finish

PROMPT = list(range(20, 32))
SOON = 20  # seconds; a test that waits this long has failed


def counts(engine) -> tuple[int, int, int, int]:
    """Replies that run and wait, prompt tokens that were run, reply tokens that were made."""
    figures = engine.figures
    return figures.running, figures.waiting, figures.prefilled_tokens, figures.generated_tokens


def test_a_new_engine_has_done_nothing(engine):
    assert counts(engine) == (0, 0, 0, 0)


def test_figures_follow_replies_from_the_queue_to_their_end(make_engine):
    engine = make_engine(max_streams=1)
    long, short = engine.submit(ask(PROMPT, tokens=3)), engine.submit(ask(PROMPT[5:], {"egen": 1.0}, tokens=2))
    assert counts(engine) == (0, 2, 0, 0)
    engine.step()
    assert counts(engine) == (1, 1, len(PROMPT), 1)
    finish(engine, long, short)
    assert counts(engine) == (0, 0, len(PROMPT) + len(PROMPT[5:]), 3 + 2)


def test_a_prompt_that_begins_as_another_is_a_hit(engine):
    prompt = list(range(20, 60))
    alone(engine, ask(prompt, tokens=1))
    alone(engine, ask(prompt, tokens=1))
    figures = engine.figures
    assert (figures.prefix_misses, figures.prefix_hits) == (1, 1)
    assert 0 < figures.reused_tokens == 2 * len(prompt) - figures.prefilled_tokens


def test_a_stop_token_counts_though_nobody_sees_it(engine):
    first = alone(engine, ask(PROMPT, tokens=1)).token_ids[0]
    before = engine.figures.generated_tokens
    stopped = alone(engine, ask(PROMPT, tokens=5, stop_token_ids={first}))
    assert (stopped.finish, stopped.text) == ("stop", "")
    assert engine.figures.generated_tokens == before + 1


def test_a_cancelled_reply_counts_with_what_it_had(engine):
    sequence = engine.submit(ask(PROMPT, tokens=30))
    for _ in range(4):
        engine.step()
    sequence.cancelled = True
    [result] = finish(engine, sequence)
    assert counts(engine) == (0, 0, len(PROMPT), result.tokens)
    assert result.tokens == 4


def test_a_prompt_that_failed_was_not_run(engine, monkeypatch):
    monkeypatch.setattr(engine._runner, "prefill", lambda *args: 1 / 0)
    assert alone(engine, ask(PROMPT)).finish == "failed"
    assert counts(engine) == (0, 0, 0, 0)


def test_after_a_failure_of_all_nobody_is_counted_as_running_or_waiting(make_engine):
    engine = make_engine(max_streams=2)
    sequences = [engine.submit(ask(PROMPT, tokens=30)) for _ in range(4)]
    for _ in range(6):
        engine.step()
    engine.fail_all(StepFailed("over"))
    tokens = sum(sequence.result().tokens for sequence in sequences)
    assert counts(engine) == (0, 0, 2 * len(PROMPT), tokens)


def test_figures_can_be_read_while_a_step_hangs(make_engine, monkeypatch):
    engine = make_engine()
    go_on, hangs = threading.Event(), threading.Event()
    prefill = engine._runner.prefill

    def hang(*args):
        hangs.set()
        go_on.wait(SOON)
        return prefill(*args)

    monkeypatch.setattr(engine._runner, "prefill", hang)
    thread = EngineThread(engine)
    running = thread.submit(ask(PROMPT, tokens=2))
    assert hangs.wait(SOON)
    assert thread.figures.generated_tokens == 0
    assert not running.finished
    go_on.set()
    assert running.result(SOON).finish == "length"
    assert thread.figures.generated_tokens == 2
    thread.stop(SOON)
