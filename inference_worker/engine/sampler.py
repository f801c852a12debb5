"""From logits to tokens, all rows at once, each row by its own settings."""

from collections.abc import Sequence

import torch
from torch import Tensor

from inference_worker.contracts import Sampling

INVALID = -1  # stands for the token of a row whose logits are no numbers

# Most nuclei are far smaller. Finding the 256 likeliest tokens costs a tenth of sorting a vocabulary of 26,000.
_CANDIDATES = 256


class Sampler:
    """Sampling settings of the running rows, kept in step with the cache's rows.

    Order as in transformers: repetition penalty, temperature, top-k, top-p. Unlike there, a token that ends the reply
    is never penalised as a repetition: every chat prompt is full of them, and the reply would find no end.
    """

    def __init__(self, slots: int, vocab_size: int, device: torch.device) -> None:
        self._settings: list[Sampling] = [Sampling()] * slots
        self._exempt: list[list[int]] = [[] for _ in range(slots)]
        self._seen = torch.zeros(slots, vocab_size, dtype=torch.bool, device=device)

    @torch.inference_mode()
    def add(self, row: int, sampling: Sampling, prompt_ids: Sequence[int], stop_token_ids: frozenset[int]) -> None:
        """Take a row into use."""
        self._settings[row] = sampling
        self._exempt[row] = list(stop_token_ids)
        self._seen[row] = False
        self._seen[row, list(prompt_ids)] = True
        self._seen[row, self._exempt[row]] = False

    @torch.inference_mode()
    def move_row(self, source: int, target: int) -> None:
        """Copy a row's state over another row's."""
        self._settings[target] = self._settings[source]
        self._exempt[target] = self._exempt[source]
        self._seen[target] = self._seen[source]

    @torch.inference_mode()
    def sample(self, logits: Tensor, draws: Sequence[float], first_row: int = 0) -> list[int]:
        """One token for each row from `first_row` on.

        Args:
            logits: [rows, vocab], float32.
            draws: a random number in [0, 1) per row; greedy rows ignore theirs.

        Returns token ids; INVALID where a row's logits hold NaN or infinity.
        """
        rows = slice(first_row, first_row + len(draws))
        settings = self._settings[rows]
        logits = self._penalise(logits, settings, rows)
        best, tokens = logits.max(dim=-1)
        if any(each.temperature > 0 for each in settings):
            greedy = torch.tensor([each.temperature == 0 for each in settings], device=logits.device)
            tokens = torch.where(greedy, tokens, _draw(logits, settings, draws))
        sampled = tokens.masked_fill(~best.isfinite(), INVALID).tolist()
        # Last, so that a step which ran out of memory before can be run again.
        self._seen[torch.arange(rows.start, rows.stop, device=logits.device), tokens] = True
        return sampled

    def _penalise(self, logits: Tensor, settings: list[Sampling], rows: slice) -> Tensor:
        if all(each.repetition_penalty == 1 for each in settings):
            return logits
        penalty = _column([each.repetition_penalty for each in settings], logits)
        penalised = torch.where(logits > 0, logits / penalty, logits * penalty)
        return torch.where(self._seen[rows], penalised, logits)


def _draw(logits: Tensor, settings: list[Sampling], draws: Sequence[float]) -> Tensor:
    """Draw one token per row from what top-k and top-p leave of its distribution. Greedy rows get any token."""
    probabilities = (logits / _column([each.temperature or 1.0 for each in settings], logits)).softmax(dim=-1)
    vocab_size = logits.shape[-1]
    # A row with top-k needs that many candidates, one with neither filter needs all; a nucleus shows its size later.
    width = max(each.top_k or (_CANDIDATES if each.top_p < 1 else vocab_size) for each in settings if each.temperature)
    likely, ids, is_enough = _filter(probabilities, settings, min(width, vocab_size))
    if not is_enough:
        likely, ids, _ = _filter(probabilities, settings, vocab_size)

    # Drawing goes through the candidates in the order of their ids. In the order of likelihood two near-equal tokens
    # could trade places with the rounding of another batch size, and a reply would depend on its neighbours.
    ids, order = ids.sort(dim=-1)
    mass = likely.gather(-1, order).cumsum(dim=-1)
    target = _column(draws, logits) * mass[:, -1:]
    chosen = torch.searchsorted(mass, target, right=True).clamp(max=ids.shape[-1] - 1)
    return ids.gather(-1, chosen).squeeze(-1)


def _filter(probabilities: Tensor, settings: list[Sampling], width: int) -> tuple[Tensor, Tensor, bool]:
    """The `width` likeliest tokens of each row, with those outside top-k and top-p at zero.

    Returns probabilities and ids, both [rows, width], and whether `width` tokens hold every row's whole nucleus.
    """
    likely, ids = probabilities.topk(width, dim=-1)
    # Greedy rows take part with one candidate, so that they never ask for a larger width.
    top_k = [each.top_k if each.temperature else 1 for each in settings]
    rank = torch.arange(width, device=likely.device)
    limit = _column([k or width for k in top_k], rank)
    likely = likely.masked_fill(rank >= limit, 0)
    mass = likely.cumsum(dim=-1)
    # top-p counts within what top-k left; without top-k that is everything.
    whole = torch.where(_column([k > 0 for k in top_k], likely).bool(), mass[:, -1:], 1.0)
    nucleus = _column([each.top_p for each in settings], likely) * whole
    is_enough = width == probabilities.shape[-1] or bool((mass[:, -1:] >= nucleus).all())
    return likely.masked_fill(mass - likely >= nucleus, 0), ids, is_enough


def _column(values: Sequence[float], like: Tensor) -> Tensor:
    """One value per row as [rows, 1], of the type and on the device of `like`."""
    return torch.tensor(values, dtype=like.dtype, device=like.device).unsqueeze(1)
