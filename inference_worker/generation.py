"""From an asked reply to its last word: the engine writes, the reply log carries it away.

Knows neither the ORM nor Celery.
"""

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from inference_worker.adapter_files import AdapterFileError
from inference_worker.contracts import FLUSH_SECONDS, EndStatus, Sampling
from inference_worker.engine import BadRequest, Delta, EngineBusy, EngineError, PromptTooLong
from inference_worker.reply_engine import PinnedAdapter, ReplyEngine, RunningReply
from inference_worker.reply_guard import ReplyFaulty, ReplyGuard
from inference_worker.reply_log import ReplyLog, ReplyOvertaken
from inference_worker.reply_metrics import ReplyMeter

logger = logging.getLogger(__name__)

T = TypeVar("T")
Result = TypeVar("Result", covariant=True)


class InTheMaking(Protocol[Result]):
    """What has begun and can be waited for: a running reply, or what is made of one."""

    def result(self) -> Result: ...


_END: dict[str, EndStatus] = {"stop": "done", "length": "done", "cancelled": "stopped", "failed": "failed"}


@dataclass(frozen=True)
class Outcome:
    """How a reply ended. `error` is a word that the chat page has a sentence for (empty when all went well)."""

    text: str
    status: EndStatus
    tokens: int = 0
    error: str = ""
    fault: str = ""  # what it said that it must not (moderation.replies); it is to be drawn again


def write_reply(
    engine: ReplyEngine,
    log: ReplyLog,
    messages: list[dict[str, str]],
    adapters: list[PinnedAdapter],
    sampling: Sampling,
) -> Outcome:
    """Generate one reply into its log until it ends or the visitor stops it.

    Whatever fails, fails this reply alone, with what was written so far. One that says what it must not ends at once,
    with the fault. Raises ReplyOvertaken when a later attempt has taken the reply over.
    """
    meter = ReplyMeter([adapter.name for adapter in adapters])
    try:
        running = engine.submit(messages, adapters, sampling)
    except (EngineError, AdapterFileError) as error:
        logger.warning("reply refused: %s", error)
        outcome = Outcome("", "failed", error=_error_word(error))
    else:
        outcome = _write(running, log, meter)
    meter.ended(outcome.error or outcome.status)
    return outcome


def write_given(log: ReplyLog, text: str) -> Outcome:
    """Put a text that is there already into a reply's log."""
    log.add(text)
    return Outcome(text, "done")


def _write(running: RunningReply, log: ReplyLog, meter: ReplyMeter) -> Outcome:
    """Follow a reply that the engine has taken, to its end. Raises ReplyOvertaken."""
    try:
        last = _follow(running, log, meter)
    except ReplyOvertaken:
        running.cancel()
        raise
    except ReplyFaulty as faulty:
        running.cancel()
        logger.info("a reply is drawn again: %s", faulty.fault)
        return Outcome("", "failed", fault=faulty.fault)
    if last.error:
        logger.warning("reply failed: %s", last.error)
    if last.finish in ("stop", "length") and not log.text.strip():
        return Outcome("", "failed", last.tokens, error="empty")
    return Outcome(log.text, _END[last.finish or "failed"], last.tokens, _error_word(last.error))


def _follow(running: RunningReply, log: ReplyLog, meter: ReplyMeter) -> Delta:
    """Move deltas into the log, flushing in time, until the last one; a wanted stop cancels. Raises ReplyFaulty."""
    guard = ReplyGuard()
    while True:
        delta = running.get(timeout=log.seconds_to_flush() or FLUSH_SECONDS)
        if delta is not None:
            meter.saw(delta)
            log.add(guard.take(delta.text))
            if delta.finish:
                log.add(guard.rest())
                return delta
        log.flush_if_due()
        if log.stop_wanted:
            running.cancel()


def _error_word(error: Exception | None) -> str:
    match error:
        case None:
            return ""
        case EngineBusy():
            return "busy"
        case PromptTooLong() | BadRequest():
            return "too_long"
        case AdapterFileError():
            return "adapter"
        case _:
            return "engine"


def finished_in_order(begun: Iterator[tuple[T, InTheMaking[Result]]], window: int) -> Iterator[tuple[T, Result]]:
    """Yield each (what for, result) as it ends, in the order begun; `begun` is read no further than `window` ahead."""
    waiting: deque[tuple[T, InTheMaking[Result]]] = deque()
    for what_for, running in begun:
        waiting.append((what_for, running))
        if len(waiting) == window:
            first, reply = waiting.popleft()
            yield first, reply.result()
    for what_for, running in waiting:
        yield what_for, running.result()
