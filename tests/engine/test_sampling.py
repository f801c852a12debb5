"""Drawing tokens: a seed means the same reply in any company, and the filters keep what they should."""

import pytest
import torch

from inference_worker.contracts import Sampling
from inference_worker.engine.sampler import INVALID, Sampler
from tests.engine.conftest import alone, ask, finish

PROMPT = list(range(40, 60))
LIVELY = {"temperature": 1.2, "top_p": 0.9, "repetition_penalty": 1.1}


@pytest.mark.parametrize("filters", [{}, {"top_p": 0.8}, {"top_k": 20}, {"top_k": 30, "top_p": 0.7}])
def test_the_same_seed_gives_the_same_text_in_any_company(make_engine, filters):
    request = ask(PROMPT, {"egen": 0.7, "teto": 0.3}, tokens=20, temperature=1.2, seed=7, **filters)
    expected = alone(make_engine(), request)

    engine = make_engine()
    before = [engine.submit(ask(PROMPT[:n], {"teto": 1.0}, seed=n, tokens=n, **LIVELY)) for n in (3, 9)]
    engine.step()
    sequence = engine.submit(request)
    engine.step()
    after = engine.submit(ask(PROMPT[5:], tokens=30, seed=7, temperature=0.8))
    results = finish(engine, sequence, *before, after)
    assert results[0] == expected


def test_another_seed_gives_another_text(engine):
    replies = {alone(engine, ask(PROMPT, tokens=20, seed=seed, temperature=1.2)).token_ids for seed in range(5)}
    assert len(replies) == 5


def test_a_longer_reply_begins_with_the_shorter_one(engine):
    short = alone(engine, ask(PROMPT, tokens=5, seed=3, temperature=1.0)).token_ids
    longer = alone(engine, ask(PROMPT, tokens=15, seed=3, temperature=1.0)).token_ids
    assert longer[:5] == short


def counts(logits: list[float], draws: int = 2000, **settings) -> list[float]:
    """Shares in which tokens are drawn from one row of logits."""
    sampler = Sampler(1, len(logits), torch.device("cpu"))
    sampler.add(
        0, Sampling(**{"temperature": 1.0, "top_p": 1.0, "repetition_penalty": 1.0, **settings}), [], frozenset()
    )
    drawn = [sampler.sample(torch.tensor([logits]), [(i + 0.5) / draws])[0] for i in range(draws)]
    return [drawn.count(token) / draws for token in range(len(logits))]


LOGITS = torch.tensor([0.1, 0.4, 0.3, 0.2]).log().tolist()


@pytest.mark.parametrize(
    ("sampling", "shares"),
    [
        ({}, [0.1, 0.4, 0.3, 0.2]),
        ({"top_k": 2}, [0, 4 / 7, 3 / 7, 0]),
        ({"top_k": 1}, [0, 1, 0, 0]),
        ({"top_p": 0.6}, [0, 4 / 7, 3 / 7, 0]),  # the token that crosses the line belongs to the nucleus
        ({"top_p": 0.01}, [0, 1, 0, 0]),
        ({"top_k": 3, "top_p": 0.5}, [0, 4 / 7, 3 / 7, 0]),  # 0.4 / 0.9 is below 0.5: a second token is needed
        ({"temperature": 0.5}, [0.01 / 0.3, 0.16 / 0.3, 0.09 / 0.3, 0.04 / 0.3]),
        ({"temperature": 0.0}, [0, 1, 0, 0]),
    ],
)
def test_tokens_come_in_the_shares_they_should(sampling, shares):
    assert counts(LOGITS, **sampling) == pytest.approx(shares, abs=0.002)


def test_a_nucleus_wider_than_the_first_candidates_is_found():
    """2,000 equal tokens: the nucleus holds far more than the sampler looks at first."""
    sampler = Sampler(1, 2000, torch.device("cpu"))
    sampler.add(0, Sampling(temperature=1.0, top_p=0.95, repetition_penalty=1.0), [], frozenset())
    drawn = {sampler.sample(torch.zeros(1, 2000), [i / 2000])[0] for i in range(2000)}
    assert len(drawn) == pytest.approx(1900, abs=2)


def test_extreme_draws_stay_within_the_filter():
    sampler = Sampler(1, 4, torch.device("cpu"))
    sampler.add(0, Sampling(temperature=1.0, top_k=2, top_p=1.0), [], frozenset())
    assert sampler.sample(torch.tensor([LOGITS]), [0.0]) == [1]
    sampler.add(0, Sampling(temperature=1.0, top_k=2, top_p=1.0), [], frozenset())
    assert sampler.sample(torch.tensor([LOGITS]), [1 - 2**-23]) == [2]


def test_a_row_without_numbers_is_reported_and_the_others_drawn():
    sampler = Sampler(3, 4, torch.device("cpu"))
    for row in range(3):
        sampler.add(row, Sampling(temperature=0.0), [], frozenset())
    logits = torch.tensor([LOGITS, [float("nan")] * 4, LOGITS])
    assert sampler.sample(logits, [0.0] * 3) == [1, INVALID, 1]


def test_a_token_that_ends_the_reply_is_no_repetition():
    sampler = Sampler(1, 4, torch.device("cpu"))
    sampler.add(0, Sampling(temperature=0.0, repetition_penalty=5.0), [1, 2], frozenset({1}))
    assert sampler.sample(torch.tensor([[0.0, 2.0, 3.0, 1.0]]), [0.0]) == [1]
