"""A conversation as it is shown: one path through its tree, turn by turn, with one reply or two side by side."""

import hashlib
import uuid
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Prefetch
from django.utils.timezone import localdate

from personas.care.models import CareTurn
from personas.care.selectors import Card, card_of
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.tree import Answer, Tree
from personas.chat.writers import Writers
from personas.thumbs.models import Thumb
from personas.voting.models import Comparison, StyleVote, Vote


@dataclass(frozen=True)
class ShownReply:
    """One reply. In a comparison it has a side, and after the vote the names of the versions that wrote it."""

    reply: Reply
    speaker: str  # who speaks in it, in the reader's language
    look: str  # their colours' name
    side: str = ""  # "A", "B", or nothing
    writers: str = ""


@dataclass(frozen=True)
class Place:
    """Which of several alternatives is shown, and the ids of those beside it (None at either end)."""

    number: int
    total: int
    before: uuid.UUID | None
    after: uuid.UUID | None


@dataclass(frozen=True)
class ShownTurn:
    """What the visitor said and what is shown as its answer."""

    turn: Turn
    wording: Place  # among the turns said in this one's place
    answer: Place  # among the answers to this turn
    replies: list[ShownReply]
    kept: Reply  # the one of them that the talk goes on from
    comparison: Comparison | None = None
    vote: Vote | None = None
    style_vote: StyleVote | None = None
    begins_day: date | None = None  # in Seoul, where it is the first turn of its day
    care: CareTurn | None = None  # where people's words answered it

    @property
    def is_in_care(self) -> bool:
        """Whether it is neither compared, judged, nor shared."""
        return self.care is not None

    @property
    def is_pair(self) -> bool:
        """Whether two replies stand side by side."""
        return len(self.replies) > 1

    @property
    def is_done(self) -> bool:
        """Whether every reply shown here was written to its end."""
        return all(shown.reply.status == Reply.Status.DONE for shown in self.replies)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing shown here is being written."""
        return not any(shown.reply.is_active for shown in self.replies)

    @property
    def thumb(self) -> Thumb | None:
        """What the owner thinks of the one reply shown here."""
        return None if self.is_pair else next(iter(self.kept.thumbs.all()), None)

    @property
    def is_decided(self) -> bool:
        """Whether the comparison's question was answered."""
        return self.vote is not None or self.style_vote is not None

    @property
    def can_be_written_again(self) -> bool:
        """Whether one more answer may take this one's place: nothing is being written, and no vote is awaited."""
        return self.is_quiet and not self.is_in_care and (not self.is_pair or self.is_decided)

    @property
    def can_be_skipped(self) -> bool:
        """Whether a question stands here that nobody asked for."""
        return self.is_quiet and self.comparison is not None and self.comparison.is_unasked and not self.is_decided

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What one may answer to the comparison's question: values and words."""
        asks_style = self.comparison is not None and self.comparison.asks_style
        return StyleVote.Choice.choices if asks_style else Vote.Choice.choices

    @property
    def fingerprint(self) -> str:
        """Changes whenever what is shown changes, words of a running reply apart."""
        replies = [f"{shown.reply.pk} {shown.reply.status} {shown.reply.attempt}" for shown in self.replies]
        decision = self.vote or self.style_vote
        thumb = self.thumb and self.thumb.direction
        decided = decision and decision.choice
        return f"{self.turn.pk} {self.wording} {self.answer} {replies} {decided} {thumb} {self.is_in_care}"


@dataclass(frozen=True)
class Log:
    """All of a conversation. Two logs with the same version look the same."""

    conversation: Conversation
    turns: list[ShownTurn]
    card: Card | None = None  # whom to call, while the visitor is in care
    # The page names its next message by this, so that a message sent twice is known as one (services.turn_send).
    next_turn_id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def version(self) -> str:
        """A token by which a page that reconnects can say what it shows."""
        shown = [*(turn.fingerprint for turn in self.turns), f"in care: {self.card is not None}"]
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:16]

    @property
    def active(self) -> list[tuple[uuid.UUID, uuid.UUID]]:
        """Replies to which words may still come, each with its turn's id."""
        replies = [(shown.reply, shown.reply.turn_id) for turn in self.turns for shown in turn.replies]
        return [(reply.pk, turn_id) for reply, turn_id in replies if reply.is_active]

    @property
    def is_running(self) -> bool:
        """Whether a reply is being written."""
        return bool(self.active)

    def turn(self, turn_id: uuid.UUID) -> ShownTurn | None:
        """One of the turns shown."""
        return next((shown for shown in self.turns if shown.turn.pk == turn_id), None)


def log_of(conversation: Conversation) -> Log:
    """What is shown of the conversation, read in a few queries however long it is."""
    tree = Tree(
        conversation.turns.prefetch_related(
            Prefetch("replies", Reply.objects.select_related("facts").prefetch_related("thumbs")),
            Prefetch("comparisons__reply_a", Reply.objects.select_related("facts", "persona")),
            Prefetch("comparisons__reply_b", Reply.objects.select_related("facts", "persona")),
            "comparisons__votes",
            "comparisons__style_votes",
            "care",
        )
    )
    path = tree.path(conversation.shown_turn_id)
    writers = Writers(conversation, _whose_writers_count(conversation, path))
    # A turn in the middle shows the answer that the talk went on from, the last one the answer that it will go on from.
    shown = [turn.goes_on_from_id for turn in path[1:]] + [turn.kept_reply_id for turn in path[-1:]]
    turns = [
        _shown(tree, turn, reply_id, writers, day)
        for turn, reply_id, day in zip(path, shown, _days_begun(path), strict=True)
    ]
    return Log(conversation, turns, card_of(visitor_id=conversation.visitor_id))


def _whose_writers_count(conversation: Conversation, path: list[Turn]) -> list[Reply]:
    """In a mixed voice each reply says who speaks in it; else only replies that were compared are named."""
    if conversation.is_mixed:
        return [reply for turn in path for reply in turn.replies.all()]
    compared = [comparison for turn in path for comparison in turn.comparisons.all()]
    return [reply for comparison in compared for reply in (comparison.reply_a, comparison.reply_b)]


def _days_begun(path: list[Turn]) -> list[date | None]:
    """For every turn the day it was said on, where the turn before it was said on another."""
    days = [localdate(turn.created_at) for turn in path]
    return [day if at == 0 or day != days[at - 1] else None for at, day in enumerate(days)]


def _shown(tree: Tree, turn: Turn, reply_id: uuid.UUID | None, writers: Writers, begins_day: date | None) -> ShownTurn:
    wordings = [wording.pk for wording in tree.wordings(turn)]
    answers = tree.answers(turn)
    at = next((at for at, answer in enumerate(answers) if reply_id in _ids(answer)), len(answers) - 1)
    comparison = _comparison(answers[at], turn)
    vote, style_vote = _vote(comparison), _style_vote(comparison)
    is_blind = vote is None and style_vote is None
    return ShownTurn(
        turn=turn,
        wording=_place(wordings, wordings.index(turn.pk)),
        answer=_place([_to_go_on_from(answer, turn) for answer in answers], at),
        replies=_sides(comparison, is_blind, writers)
        if comparison
        else [_one(reply, writers) for reply in answers[at]],
        kept=next((reply for reply in answers[at] if reply.pk == reply_id), answers[at][0]),
        comparison=comparison,
        vote=vote,
        style_vote=style_vote,
        begins_day=begins_day,
        care=getattr(turn, "care", None),
    )


def _place(ids: list[uuid.UUID], at: int) -> Place:
    return Place(at + 1, len(ids), ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None)


def _ids(answer: Answer) -> list[uuid.UUID]:
    return [reply.pk for reply in answer]


def _comparison(answer: Answer, turn: Turn) -> Comparison | None:
    compared = (pair for pair in turn.comparisons.all() if pair.reply_a_id in _ids(answer))
    return next(compared, None)


def _vote(comparison: Comparison | None) -> Vote | None:
    """The owner's vote: nobody else can cast one here."""
    return next(iter(comparison.votes.all()), None) if comparison else None


def _style_vote(comparison: Comparison | None) -> StyleVote | None:
    return next(iter(comparison.style_votes.all()), None) if comparison else None


def _to_go_on_from(answer: Answer, turn: Turn) -> uuid.UUID:
    """The one reply of an answer that names it: of two, the one preferred, else the first."""
    vote = _vote(_comparison(answer, turn))
    return (vote and vote.preferred or answer[0]).pk


def _one(reply: Reply, writers: Writers) -> ShownReply:
    return ShownReply(reply, writers.speaker_name(reply), writers.look(reply))


def _sides(comparison: Comparison, is_blind: bool, writers: Writers) -> list[ShownReply]:
    sides = [("A", comparison.reply_a), ("B", comparison.reply_b)]
    return [
        replace(_one(reply, writers), side=side, writers="" if is_blind else writers.version_names(reply))
        for side, reply in sides
    ]
