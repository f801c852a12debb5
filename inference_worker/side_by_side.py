"""Whole replies for operators and for visitors who want to see what changed: no stream, no visitor waiting.

Greedy, so that the same version says the same again and two versions differ by nothing but their weights.
"""

from collections.abc import Mapping, Sequence

from inference_worker.adapter_files import AdapterFileError
from inference_worker.contracts import Sampling
from inference_worker.engine import EngineError
from inference_worker.reply_engine import PinnedAdapter, ReplyEngine

GREEDY = Sampling(temperature=0.0, max_new_tokens=120)
Message = dict[str, str]


def answer_both(
    engine: ReplyEngine, messages: list[Message], first: list[PinnedAdapter], second: list[PinnedAdapter]
) -> tuple[tuple[str, str], str]:
    """Both versions' replies to one chat, written at the same time, and an error (empty when all went well)."""
    texts, error = _answers(engine, messages, [first, second], GREEDY)
    return ((texts[0], texts[1]), "") if not error else (("", ""), error)


def answer(
    engine: ReplyEngine, text: str, adapters: list[PinnedAdapter], sampling: Mapping[str, float]
) -> tuple[str, str]:
    """One version's short reply to a single message, and an error (empty when all went well)."""
    short = Sampling.from_dict({**sampling, "max_new_tokens": 32})
    texts, error = _answers(engine, [{"role": "user", "content": text}], [adapters], short)
    return ("", error) if error else (texts[0], "")


def _answers(
    engine: ReplyEngine, messages: list[Message], versions: Sequence[list[PinnedAdapter]], sampling: Sampling
) -> tuple[list[str], str]:
    try:
        running = [engine.submit(messages, adapters, sampling) for adapters in versions]
        finished = [reply.result() for reply in running]
    except (EngineError, AdapterFileError) as error:
        return [], str(error)
    failed = [str(reply.error) for reply in finished if reply.error]
    return [reply.text.strip() for reply in finished], failed[0] if failed else ""
