"""What a step computes: from the replies in their rows to their next tokens."""

import logging
from collections.abc import Sequence as SequenceOf
from functools import partial

from inference_worker.engine.out_of_memory import is_out_of_memory
from inference_worker.engine.prefix_cache import PrefixCache
from inference_worker.engine.runner import Runner
from inference_worker.engine.sampler import INVALID, Sampler
from inference_worker.engine.scheduler import Decode, Prefill
from inference_worker.engine.sequence import Sequence

logger = logging.getLogger(__name__)


class Rows:
    """The tensors of the replies, row by row: keys and values in the runner, the state of sampling in the sampler.

    What a row holds is kept in the prefix cache piece by piece and at the reply's end, and copied from there into a
    newcomer's row. Rows own their tensors and the cache its copies, so neither has to wait for the other.
    """

    def __init__(self, runner: Runner, sampler: Sampler, prefixes: PrefixCache, *, prefill_tokens: int) -> None:
        self._runner, self._sampler, self._prefixes = runner, sampler, prefixes
        self._prefill_tokens = prefill_tokens
        self.prefilled_tokens = 0  # since the start; what was known already is not in it

    def run(self, work: Prefill | Decode) -> dict[Sequence, int]:
        """Compute a step. Returns the next token of each reply that has one now; INVALID where numbers have gone wrong,
        and then the row was wiped.
        """
        match work:
            case Prefill(sequence, row):
                first_row, tokens = row, self._prefill(sequence, row)
            case Decode(sequences):
                first_row, tokens = 0, self._decode(sequences)
        for row, token in enumerate(tokens.values(), start=first_row):
            if token == INVALID:  # before any row moves, which would leave a copy behind
                self._runner.clear_row(row)
        return tokens

    def move(self, source: int, target: int, length: int) -> None:
        """Copy a row, `length` positions of it, over another row."""
        self._runner.move_row(source, target, length)
        self._sampler.move_row(source, target)

    def keep(self, sequence: Sequence, row: int) -> None:
        """Keep what a row holds for later prompts that begin with the same tokens, if memory allows."""
        token_ids = (*sequence.request.prompt_ids, *sequence.token_ids)[: sequence.computed]
        try:
            self._prefixes.keep(sequence.mix, token_ids, partial(self._runner.read_row, row))
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            logger.warning("Memory ran out: no prefixes are kept for now.")
            self._prefixes.clear()

    def _prefill(self, sequence: Sequence, row: int) -> dict[Sequence, int]:
        """Run the next piece of a prompt. There is no token while some of the prompt is left."""
        if not sequence.computed:
            self._begin(sequence, row)
        request, start = sequence.request, sequence.computed
        piece = request.prompt_ids[start : start + self._prefill_tokens]
        logits = self._runner.prefill(row, piece, sequence.mix, start)
        if not logits.max().isfinite():
            return {sequence: INVALID}
        tokens: dict[Sequence, int] = {}
        if start + len(piece) == len(request.prompt_ids):
            self._sampler.add(row, request.sampling, request.prompt_ids, request.stop_token_ids)
            [token] = self._sampler.sample(logits, [sequence.draw], first_row=row)
            tokens = {sequence: token}
        self.prefilled_tokens += len(piece)
        sequence.computed += len(piece)  # only now: a step that ran out of memory on the way is run again as it was
        self.keep(sequence, row)
        return tokens

    def _begin(self, sequence: Sequence, row: int) -> None:
        """Fill a newcomer's row with what is known of its prompt."""
        known = self._prefixes.find(sequence.mix, sequence.request.prompt_ids)
        if known is not None:
            self._runner.write_row(row, known)
            sequence.computed = len(known)

    def _decode(self, sequences: SequenceOf[Sequence]) -> dict[Sequence, int]:
        """Run the newest token of each reply in the first rows."""
        logits = self._runner.decode(
            [sequence.token_ids[-1] for sequence in sequences],
            [sequence.last_position for sequence in sequences],
            [sequence.mix for sequence in sequences],
        )
        tokens = self._sampler.sample(logits, [sequence.draw for sequence in sequences])
        for sequence in sequences:
            sequence.computed += 1
        return dict(zip(sequences, tokens, strict=True))
