"""A conversation's tree, read once: what leads where, and what stands in the place of what.

A turn goes on from a reply, the first ones from none. Turns that go on from the same reply are wordings of one message;
the replies to a turn are answers in each other's place. Visitors leaf through both.
"""

from collections.abc import Iterable
from uuid import UUID

from personas.chat.models import Reply, Turn

Answer = list[Reply]  # one reply, the two of a comparison, or the arena's two


class Tree:
    """All turns of a conversation, with `replies` and `comparisons` prefetched: nothing here asks the database."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        self._turns = sorted(turns, key=lambda turn: turn.created_at)
        self._turn_of_reply = {reply.pk: turn for turn in self._turns for reply in turn.replies.all()}

    def path(self, end: UUID | None) -> list[Turn]:
        """The turns that lead to the turn `end`, oldest first; to the newest turn where `end` is None."""
        newest = self._turns[-1] if self._turns else None
        turn = next((turn for turn in self._turns if turn.pk == end), newest)
        path = []
        while turn is not None:
            path.append(turn)
            turn = self._turn_of_reply.get(turn.goes_on_from_id)
        return path[::-1]

    def wordings(self, turn: Turn) -> list[Turn]:
        """This turn and those that were written in its place, oldest first."""
        return [other for other in self._turns if other.goes_on_from_id == turn.goes_on_from_id]

    def answers(self, turn: Turn) -> list[Answer]:
        """What answers a turn, oldest first. Replies that ended without a word count only while they are shown."""
        if turn.conversation.is_arena:
            return [newest_of_each(turn)]
        pairs = {pk: pair.pk for pair in turn.comparisons.all() for pk in (pair.reply_a_id, pair.reply_b_id)}
        answers: dict[int | UUID, Answer] = {}
        for reply in sorted(turn.replies.all(), key=lambda reply: reply.number):
            answers.setdefault(pairs.get(reply.pk, reply.pk), []).append(reply)
        to_see = [answer for answer in answers.values() if any(self._is_to_see(reply, turn) for reply in answer)]
        return to_see or list(answers.values())[-1:]

    def _is_to_see(self, reply: Reply, turn: Turn) -> bool:
        is_gone_on_from = any(later.goes_on_from_id == reply.pk for later in self._turns)
        return bool(reply.text) or reply.is_active or reply.pk == turn.kept_reply_id or is_gone_on_from

    def end_through(self, turn: Turn) -> Turn:
        """Where a path through this turn ends: at the newest turn that was ever said after it."""
        return next(end for end in reversed(self._turns) if turn in self.path(end.pk))

    def end_after(self, answer: Answer) -> Turn | None:
        """The same for a path that goes on from an answer; None where nothing was said after it."""
        wanted = {reply.pk for reply in answer}
        ends = reversed(self._turns)
        return next((end for end in ends if any(turn.goes_on_from_id in wanted for turn in self.path(end.pk))), None)


def newest_of_each(turn: Turn) -> Answer:
    """In the arena: the newest reply of each persona, in the order in which they first spoke."""
    newest = {reply.persona_id: reply for reply in sorted(turn.replies.all(), key=lambda reply: reply.number)}
    return list(newest.values())
