"""Leafing: the visitor goes back to another wording of a message, or to another answer. Nothing is written anew."""

from django.db import transaction

from personas.chat.models import Conversation, Reply, Turn
from personas.chat.services import lock_visitor, reply_keep, require_quiet, turn_end_at
from personas.chat.tree import Tree


@transaction.atomic
def turn_show(*, turn: Turn) -> None:
    """Show this wording, and after it what was last said there. Raises ReplyRunning."""
    tree = _quiet_tree(turn.conversation)
    turn_end_at(turn=tree.end_through(turn))


@transaction.atomic
def reply_show(*, reply: Reply) -> None:
    """Show this answer, and after it what was last said there; else the next message goes on from it.

    Raises ReplyRunning.
    """
    tree = _quiet_tree(reply.turn.conversation)
    answer = next((answer for answer in tree.answers(reply.turn) if reply in answer), [reply])
    end = tree.end_after(answer)
    if end is None:
        reply_keep(turn=reply.turn, reply=reply)
    else:
        turn_end_at(turn=end)


def _quiet_tree(conversation: Conversation) -> Tree:
    """The whole tree, while no reply is added to it."""
    lock_visitor(conversation)
    require_quiet(conversation)
    return Tree(conversation.turns.prefetch_related("replies", "comparisons"))
