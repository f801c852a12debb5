"""A conversation as it is shown: turn by turn, with one reply or two side by side."""

import hashlib
import uuid
from dataclasses import dataclass, field

from personas.chat.models import Conversation, Reply, Turn
from personas.chat.selectors import turns_on_path
from personas.registry.models import AdapterVersion
from personas.voting.models import Comparison, Vote


@dataclass(frozen=True)
class ShownReply:
    """One reply. In a comparison it has a side, and after the vote the names of the versions that wrote it."""

    reply: Reply
    side: str = ""  # "A", "B", or nothing
    writers: str = ""


@dataclass(frozen=True)
class ShownTurn:
    """What the visitor said and what is shown as its answer."""

    turn: Turn
    replies: list[ShownReply]
    comparison: Comparison | None = None
    vote: Vote | None = None

    @property
    def is_done(self) -> bool:
        """Whether every reply shown here was written to its end."""
        return all(shown.reply.status == Reply.Status.DONE for shown in self.replies)

    @property
    def active_reply_ids(self) -> list[uuid.UUID]:
        """Replies to which words may still come."""
        return [shown.reply.pk for shown in self.replies if shown.reply.is_active]

    @property
    def fingerprint(self) -> str:
        """Changes whenever what is shown changes, words of a running reply apart."""
        replies = [f"{shown.reply.pk} {shown.reply.status} {shown.reply.attempt}" for shown in self.replies]
        return f"{self.turn.pk} {replies} {self.vote and self.vote.choice}"


@dataclass(frozen=True)
class Log:
    """All of a conversation. Two logs with the same version look the same."""

    conversation: Conversation
    turns: list[ShownTurn]
    # The page names its next message by this, so that a message sent twice is known as one (services.turn_send).
    next_turn_id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def version(self) -> str:
        """A token by which a page that reconnects can say what it shows."""
        return hashlib.sha256("\n".join(turn.fingerprint for turn in self.turns).encode()).hexdigest()[:16]

    @property
    def faces(self) -> list[str]:
        """Templates of the persona's face; the first that exists is drawn."""
        return [f"characters/{self.conversation.persona.slug}.svg.html", "chat/_plain_face.html"]

    @property
    def is_running(self) -> bool:
        """Whether a reply is being written."""
        return any(turn.active_reply_ids for turn in self.turns)

    def turn(self, turn_id: uuid.UUID) -> ShownTurn | None:
        """One of the turns shown."""
        return next((shown for shown in self.turns if shown.turn.pk == turn_id), None)


def log_of(conversation: Conversation) -> Log:
    """The path to the conversation's newest turn, read in five queries however long it is."""
    turns = conversation.turns.prefetch_related(
        "replies", "comparisons__reply_a", "comparisons__reply_b", "comparisons__votes"
    )
    path = turns_on_path(turns)
    names = _version_names(path)
    return Log(conversation, [_shown(turn, conversation, names) for turn in path])


def _shown(turn: Turn, conversation: Conversation, names: dict[int, str]) -> ShownTurn:
    comparison = next(iter(turn.comparisons.all()), None)
    if comparison is None:
        newest = max(turn.replies.all(), key=lambda reply: reply.number)
        return ShownTurn(turn, [ShownReply(newest)])
    vote = next((vote for vote in comparison.votes.all() if vote.visitor_id == conversation.visitor_id), None)
    sides = [("A", comparison.reply_a), ("B", comparison.reply_b)]
    replies = [ShownReply(reply, side, _writers(reply, names) if vote else "") for side, reply in sides]
    return ShownTurn(turn, replies, comparison, vote)


def _version_names(path: list[Turn]) -> dict[int, str]:
    compared = [comparison for turn in path for comparison in turn.comparisons.all()]
    replies = [reply for comparison in compared for reply in (comparison.reply_a, comparison.reply_b)]
    wanted = {version_id for reply in replies for version_id, _weight in reply.adapters}
    versions = AdapterVersion.objects.filter(pk__in=wanted).select_related("persona")
    return {version.pk: version.label for version in versions}


def _writers(reply: Reply, names: dict[int, str]) -> str:
    return " + ".join(names.get(version_id, "?") for version_id, _weight in reply.adapters) or "base"
