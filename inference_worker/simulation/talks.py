"""Conversations of simulated visitors: every one says one thing and gets two replies to compare.

What the pages and the workers do is done here by the same services, in one process, with the engine beside them.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable

from inference_worker.contracts import EndStatus
from inference_worker.generation import finished_in_order
from inference_worker.reply_engine import FinishedReply, ReplyEngine, RunningReply
from inference_worker.simulation.voters import Choice, Rule
from inference_worker.tasks import pinned_adapters
from personas.chat.models import Reply
from personas.chat.reply_lifecycle import reply_finish, reply_start
from personas.chat.services import conversation_start, turn_send
from personas.privacy.services import consent_give, visitor_ensure
from personas.registry.models import Persona
from personas.voting.models import Comparison
from personas.voting.services import comparison_open

ROUND = 64  # messages that are answered before it is looked whether there are votes enough


class UndecidedError(Exception):
    """The rule sees too little difference between a persona's replies for an experiment."""


def decided_comparisons(
    engine: ReplyEngine, persona: Persona, rule: Rule, texts: list[str], wanted: int, report: Callable[[str], None]
) -> list[tuple[Comparison, Choice]]:
    """Comparisons in which the rule sees a difference, each with its honest choice. The texts are said over and over,
    each time by somebody else, until there are as many as wanted.

    Raises:
        UndecidedError: ten times as many comparisons did not give enough.
    """
    found: list[tuple[Comparison, Choice]] = []
    voices = itertools.cycle(texts)
    for _ in range(0, wanted * 10, ROUND):
        for comparison in compare_replies(engine, persona, itertools.islice(voices, ROUND)):
            choice = rule.pick(comparison.reply_a.text, comparison.reply_b.text)
            if choice != "tie":
                found.append((comparison, choice))
        report(f"{min(len(found), wanted)} of {wanted} comparisons decided")
        if len(found) >= wanted:
            return found[:wanted]
    raise UndecidedError(f"The rule {rule.name!r} decided only {len(found)} of {wanted * 10} comparisons.")


def compare_replies(engine: ReplyEngine, persona: Persona, texts: Iterable[str]) -> list[Comparison]:
    """One consenting visitor per text, with two finished replies side by side; those that failed are left out.

    Raises the engine's error of the first reply that it refuses.
    """
    turns = []
    for text in texts:
        visitor = visitor_ensure(visitor_id=uuid.uuid4())
        consent_give(visitor=visitor)
        turns.append(turn_send(conversation=conversation_start(visitor=visitor, persona=persona), text=text))
    _write_queued(engine)
    firsts = Reply.objects.filter(turn__in=turns, status=Reply.Status.DONE)
    opened = [comparison_open(reply=reply).pk for reply in firsts.select_related("turn__conversation__visitor")]
    _write_queued(engine)
    comparisons = Comparison.objects.filter(
        pk__in=opened, reply_a__status=Reply.Status.DONE, reply_b__status=Reply.Status.DONE
    )
    return list(
        comparisons.select_related("turn__conversation__visitor", "reply_a", "reply_b").order_by("turn__created_at")
    )


def _write_queued(engine: ReplyEngine) -> None:
    """Write all replies that wait, as many at a time as the engine has room for."""
    queued = Reply.objects.filter(status=Reply.Status.QUEUED).order_by("created_at")
    begun = ((reply, _begin(engine, reply)) for reply in queued)
    for reply, result in finished_in_order(begun, window=engine.slots * 2):
        _finish(reply, result)


def _begin(engine: ReplyEngine, reply: Reply) -> RunningReply:
    job = reply_start(reply_id=str(reply.pk), attempt=reply.attempt)
    if job is None:
        raise RuntimeError(f"Reply {reply.pk} of the simulated site was taken by somebody else.")
    return engine.submit(job.messages, pinned_adapters(job.adapters), job.sampling)


def _finish(reply: Reply, result: FinishedReply) -> None:
    status: EndStatus = "done" if result.text.strip() and not result.error else "failed"
    reply_finish(reply_id=str(reply.pk), attempt=reply.attempt, text=result.text, status=status, tokens=result.tokens)
