"""One reply while it is made: a request with everything that changes from step to step."""

import random
from collections.abc import Callable
from collections.abc import Sequence as Ids

from inference_worker.engine.adapters import Mix
from inference_worker.engine.detokenizer import Detokenizer
from inference_worker.engine.errors import EngineError
from inference_worker.engine.request import Delta, FinishReason, Request, Result
from inference_worker.engine.stop_strings import StopStrings

_DRAW_BITS = 23  # the bits of a float32 between 0 and 1: a draw stays below 1 on every device


class Sequence:
    """State of one reply. Only the engine's thread changes it, except for `cancelled`, which anyone may set."""

    def __init__(
        self, number: int, request: Request, mix: Mix, max_len: int, decode: Callable[[Ids[int]], str]
    ) -> None:
        self.number = number  # later requests have higher ones
        self.request = request
        self.mix = mix
        self.cancelled = False
        self.computed = 0  # how many tokens of prompt and reply have their keys and values in the row
        self.token_ids: list[int] = []
        self.text = ""
        self._max_new_tokens = min(request.sampling.max_new_tokens, max_len - len(request.prompt_ids))
        self._random = random.Random(request.sampling.seed)  # noqa: S311 (for variety, not for secrets)
        self.draw = self._next_draw()
        self._detokenizer = Detokenizer(decode)
        self._stops = StopStrings(request.stop_strings)
        self._end: tuple[FinishReason, EngineError | None] | None = None

    @property
    def last_position(self) -> int:
        """Where the newest token stands in the context, counted from 0. The next step feeds it to the model."""
        return len(self.request.prompt_ids) + len(self.token_ids) - 1

    @property
    def failed(self) -> bool:
        """True if the reply has ended with an error: what its row holds may be wrong."""
        return self._end is not None and self._end[0] == "failed"

    def accept(self, token_id: int) -> Delta | None:
        """Add a sampled token. Returns what it adds to the visible reply, None if that is nothing yet."""
        self.token_ids.append(token_id)
        self.draw = self._next_draw()
        finish: FinishReason | None = None
        if token_id in self.request.stop_token_ids:
            text, finish = self._flush(), "stop"
        else:
            text, stopped = self._stops.push(self._detokenizer.push(token_id))
            if stopped:
                finish = "stop"
            elif len(self.token_ids) >= self._max_new_tokens:
                text, finish = text + self._flush(), "length"
        self.text += text
        if finish:
            self._end = (finish, None)
        return Delta(text, len(self.token_ids), finish) if text or finish else None

    def end(self, finish: FinishReason, error: EngineError | None = None) -> Delta:
        """Close the reply before its time. Text that was held back is dropped."""
        self._end = (finish, error)
        return Delta("", len(self.token_ids), finish, error)

    def result(self) -> Result:
        """The finished reply. Raises RuntimeError while it runs."""
        if self._end is None:
            raise RuntimeError("The reply is still running.")
        finish, error = self._end
        return Result(self.text, tuple(self.token_ids), finish, error)

    def _next_draw(self) -> float:
        """A random number in [0, 1): a matter of the request's seed and the token's place alone, whatever else is in
        the batch and however often a step is run.
        """
        return self._random.getrandbits(_DRAW_BITS) / 2**_DRAW_BITS

    def _flush(self) -> str:
        """The text held back until now, up to a stop string if it holds one."""
        text, stopped = self._stops.push(self._detokenizer.flush())
        return text if stopped else text + self._stops.flush()
