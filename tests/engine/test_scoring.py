"""Scores are the sums of log-probabilities that the plain model gives."""

import pytest
import torch

from inference_worker.engine import BadRequest, PromptTooLong, ScoreRequest, UnknownAdapter, scoring
from tests.engine.conftest import ask, finish
from tests.engine.test_same_as_alone import MIXES, prompt_of

REQUESTS = [
    ScoreRequest(prompt_of(length), prompt_of(length + 70)[: 1 + 3 * index], MIXES[index % len(MIXES)])
    for index, length in enumerate((1, 40, 9, 8, 30, 2, 5, 60, 12))
]


def expected(plain, request: ScoreRequest) -> float:
    logits = plain.logits([*request.prompt_ids, *request.reply_ids], dict(request.adapters))
    logprobs = logits.log_softmax(-1)[len(request.prompt_ids) - 1 : -1]
    return logprobs.gather(-1, torch.tensor(request.reply_ids)[:, None]).sum().item()


@pytest.mark.parametrize("batch_tokens", [1, 200, 10**6])
def test_scores_are_those_of_the_plain_model_in_any_batch(kind, plains, make_engine, monkeypatch, batch_tokens):
    monkeypatch.setattr(scoring, "_BATCH_TOKENS", batch_tokens)
    scores = make_engine(kind).score(REQUESTS)
    assert [score.tokens for score in scores] == [len(request.reply_ids) for request in REQUESTS]
    assert [score.logprob for score in scores] == pytest.approx(
        [expected(plains[kind], request) for request in REQUESTS], abs=1e-3
    )


def test_scoring_disturbs_no_running_reply(engine, plain):
    request = ask(prompt_of(9), {"egen": 1.0}, tokens=8)
    running = engine.submit(request)
    while not engine.idle:
        engine.step()
        engine.score(REQUESTS[:3])
    assert list(finish(engine, running)[0].token_ids) == plain.greedy(prompt_of(9), {"egen": 1.0}, 8)


def test_nothing_to_score_is_no_score(engine):
    assert engine.score([]) == []


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (ScoreRequest((5,), (6,), {"nobody": 1.0}), UnknownAdapter),
        (ScoreRequest(tuple(range(6, 100)), tuple(range(6, 100))), PromptTooLong),
        (ScoreRequest((5,), (10**6,)), BadRequest),
    ],
)
def test_what_cannot_be_scored_is_refused(engine, request_, error):
    with pytest.raises(error):
        engine.score([REQUESTS[1], request_])


def test_an_empty_prompt_or_reply_is_refused():
    for prompt, reply in (((), (1,)), ((1,), ())):
        with pytest.raises(BadRequest):
            ScoreRequest(prompt, reply)
