"""How likely given replies are: sums of log-probabilities, in batches, without generating anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch

from inference_worker.engine.adapters import AdapterBank
from inference_worker.engine.errors import BadRequest
from inference_worker.engine.runner import Runner

# Bounds of one forward: tokens run, and logits kept (float32: 128 MB).
_BATCH_TOKENS = 4096
_BATCH_LOGITS = 32 * 1024 * 1024


@dataclass(frozen=True)
class ScoreRequest:
    """A reply to weigh: `reply_ids` follow directly on `prompt_ids`, under the weighted adapters."""

    prompt_ids: tuple[int, ...]
    reply_ids: tuple[int, ...]
    adapters: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prompt_ids", tuple(self.prompt_ids))
        object.__setattr__(self, "reply_ids", tuple(self.reply_ids))
        if not (self.prompt_ids and self.reply_ids):
            raise BadRequest("Scoring needs at least one prompt token and one reply token.")


@dataclass(frozen=True)
class Score:
    """`logprob` is the sum over the reply's tokens of log p(token | what comes before), in nats."""

    logprob: float
    tokens: int


def score(runner: Runner, bank: AdapterBank, requests: Sequence[ScoreRequest]) -> list[Score]:
    """Score replies in the order asked. Raises UnknownAdapter."""
    mixes = []
    try:
        for request in requests:
            mixes.append(bank.acquire(request.adapters))
        scores: dict[int, Score] = {}
        for batch in _batches(requests, runner.vocab_size):
            logprobs = _logprobs(runner, [requests[i] for i in batch], [mixes[i] for i in batch])
            for index, logprob in zip(batch, logprobs, strict=True):
                scores[index] = Score(logprob, len(requests[index].reply_ids))
        return [scores[index] for index in range(len(requests))]
    finally:
        for mix in mixes:
            bank.release(mix)


@torch.inference_mode()
def _logprobs(runner: Runner, requests: list[ScoreRequest], mixes: list) -> list[float]:
    """Sum of reply log-probabilities of each request, in one forward."""
    tail = max(len(request.reply_ids) for request in requests)
    # The last reply token predicts nothing that is asked, so it isn't run: the tail's logits are those that predict.
    texts = [(request.prompt_ids + request.reply_ids)[:-1] for request in requests]
    logits = runner.tail_logits(texts, tail, mixes)
    targets = torch.tensor([[0] * (tail - len(r.reply_ids)) + list(r.reply_ids) for r in requests])
    is_reply = torch.tensor([[False] * (tail - len(r.reply_ids)) + [True] * len(r.reply_ids) for r in requests])
    chosen = logits.gather(-1, targets.to(logits.device).unsqueeze(-1)).squeeze(-1)
    logprobs = chosen - logits.logsumexp(dim=-1)
    return logprobs.masked_fill(~is_reply.to(logits.device), 0).double().sum(dim=-1).tolist()


def _batches(requests: Sequence[ScoreRequest], vocab_size: int) -> Iterator[list[int]]:
    """Indices of requests in batches of similar length, so that little of a batch is padding."""
    batch: list[int] = []
    longest = tail = 0
    for index in sorted(range(len(requests)), key=lambda i: len(requests[i].prompt_ids) + len(requests[i].reply_ids)):
        request = requests[index]
        longest = max(longest, len(request.prompt_ids) + len(request.reply_ids))
        tail = max(tail, len(request.reply_ids))
        rows = len(batch) + 1
        if batch and (rows * longest > _BATCH_TOKENS or rows * tail * vocab_size > _BATCH_LOGITS):
            yield batch
            batch, longest, tail = [], len(request.prompt_ids) + len(request.reply_ids), len(request.reply_ids)
        batch.append(index)
    if batch:
        yield batch
