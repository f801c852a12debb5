"""Which of a visitor's votes have reached a version that went live."""

import uuid
from dataclasses import dataclass

from personas.curation.models import PreferencePair
from personas.effects.models import VoteEffect
from personas.registry.models import ChampionMove

LEARNED = (ChampionMove.Reason.GATE, ChampionMove.Reason.MANUAL)


@dataclass(frozen=True)
class ChangedVersion:
    """A version that went live, and the visitor's votes that it was the first to learn from."""

    move: ChampionMove
    pairs: list[PreferencePair]


def changed_by(*, visitor_id: uuid.UUID | None) -> list[ChangedVersion]:
    """The versions that learned from this visitor's votes, the newest first; none without their consent now."""
    mine = PreferencePair.objects.filter(visitor_id=visitor_id, visitor__training_consent_at__isnull=False)
    left = dict.fromkeys(mine.select_related("effect", "persona").order_by("-pk"))
    changed = []
    for move in _moves(visitor_id):
        used = set(move.version.snapshot.pairs.filter(visitor_id=visitor_id).values_list("pk", flat=True))
        pairs = [pair for pair in left if pair.pk in used]
        if pairs:
            changed.append(ChangedVersion(move, pairs))
            left = dict.fromkeys(pair for pair in left if pair.pk not in used)
    return changed[::-1]


def _moves(visitor_id: uuid.UUID | None) -> list[ChampionMove]:
    """First promotions of versions that learned from this visitor, the oldest first."""
    promoted = ChampionMove.objects.filter(
        reason__in=LEARNED, previous__isnull=False, version__snapshot__pairs__visitor=visitor_id
    )
    found = promoted.select_related("version__persona", "version__snapshot", "previous__persona", "persona")
    return list({move.version_id: move for move in found.order_by("-pk").distinct()}.values())[::-1]


def has_changed_something(*, visitor_id: uuid.UUID | None) -> bool:
    """Whether there is anything to tell this visitor."""
    if visitor_id is None:
        return False
    return ChampionMove.objects.filter(
        reason__in=LEARNED,
        previous__isnull=False,
        version__snapshot__pairs__visitor=visitor_id,
        version__snapshot__pairs__visitor__training_consent_at__isnull=False,
    ).exists()


def effect_of(*, visitor_id: uuid.UUID | None, pair_id: int) -> tuple[PreferencePair, ChampionMove] | None:
    """A vote of one's own and the promotion it helped to; None for anybody else's, and where it has changed nothing."""
    for changed in changed_by(visitor_id=visitor_id):
        for pair in changed.pairs:
            if pair.pk == pair_id:
                return pair, changed.move
    return None


def effect_waiting(*, pk: int) -> VoteEffect | None:
    """For the worker: an effect that is still to be written."""
    waiting = VoteEffect.objects.select_related("pair", "move__version__persona", "move__previous__persona")
    return waiting.filter(pk=pk, status=VoteEffect.Status.QUEUED).first()
