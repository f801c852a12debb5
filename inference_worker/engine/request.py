"""What is asked of the engine, and what comes back.

Token ids and adapter names only: what a persona or a chat turn is, the engine does not know.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from inference_worker.contracts import Sampling
from inference_worker.engine.errors import BadRequest, EngineError

FinishReason = Literal["stop", "length", "cancelled", "failed"]


@dataclass(frozen=True)
class Request:
    """One reply to generate.

    `adapters` maps names of loaded adapters to weights: one name with 1.0 is a persona, several are a blend, none is
    the base model. The reply ends at a token of `stop_token_ids`, before a text of `stop_strings`, or at
    `sampling.max_new_tokens`. Raises BadRequest for values that can never run.
    """

    prompt_ids: tuple[int, ...]
    adapters: Mapping[str, float] = field(default_factory=dict)
    sampling: Sampling = Sampling()
    stop_token_ids: frozenset[int] = frozenset()
    stop_strings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Callers may pass lists and sets; what is kept cannot change under the engine's feet.
        object.__setattr__(self, "prompt_ids", tuple(self.prompt_ids))
        object.__setattr__(self, "adapters", dict(self.adapters))
        object.__setattr__(self, "stop_token_ids", frozenset(self.stop_token_ids))
        object.__setattr__(self, "stop_strings", tuple(self.stop_strings))
        if not self.prompt_ids:
            raise BadRequest("The prompt is empty: give at least one token.")
        if not all(math.isfinite(weight) for weight in self.adapters.values()):
            raise BadRequest(f"Adapter weights must be finite numbers, not {dict(self.adapters)}.")
        if "" in self.stop_strings:
            raise BadRequest("A stop string is empty: it would end every reply before it begins.")
        check_sampling(self.sampling)


@dataclass(frozen=True)
class Delta:
    """The next piece of a reply.

    `text` holds whole characters only, `tokens` counts the reply's tokens so far (the stop token included). `finish` is
    set on the last delta, whose text may be empty; `error` is set if and only if it is "failed".
    """

    text: str
    tokens: int
    finish: FinishReason | None = None
    error: EngineError | None = None


@dataclass(frozen=True)
class Result:
    """A finished reply. `token_ids` holds everything generated, the stop token included; `text` does not show it."""

    text: str
    token_ids: tuple[int, ...]
    finish: FinishReason
    error: EngineError | None = None

    @property
    def tokens(self) -> int:
        """How many tokens were generated."""
        return len(self.token_ids)


def check_sampling(sampling: Sampling) -> None:
    """Raise BadRequest, naming the value, for sampling that no engine can do."""
    valid = {
        "max_new_tokens": (sampling.max_new_tokens >= 1, "at least 1"),
        "temperature": (0 <= sampling.temperature < math.inf, "0 (greedy) or above"),
        "top_p": (0 < sampling.top_p <= 1, "above 0 and at most 1"),
        "top_k": (sampling.top_k >= 0, "0 (off) or above"),
        "repetition_penalty": (0 < sampling.repetition_penalty < math.inf, "above 0; 1 is off"),
    }
    for name, (is_valid, allowed) in valid.items():
        if not is_valid:
            raise BadRequest(f"{name} is {getattr(sampling, name)}; it must be {allowed}.")
