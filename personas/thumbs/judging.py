"""What curators make of thumbs: approved, rejected, or waiting again. Every change is in its thumb's history."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from personas.curation.text_flags import Kind
from personas.thumbs import errors
from personas.thumbs.models import Thumb

Status: Any = Thumb.Status  # Any: a type checker without Django's stubs takes its members for tuples


@dataclass(frozen=True)
class Judgement:
    """What a judgement does to the thumbs it is about. Some are `moved`; those with a flag are `held` until a curator
    lets them through; `left` counts those that are so already, that somebody else decided, or that were taken back."""

    moved: list[Thumb]
    held: list[Thumb]
    left: int

    @property
    def concerned(self) -> list[Thumb]:
        """All that could be judged, those with a flag first."""
        return [*self.held, *self.moved]

    @property
    def flags(self) -> list[dict[str, Any]]:
        """How many of them carry which flag, the most frequent first."""
        kinds = Counter(kind for thumb in self.concerned for kind in {flag.kind for flag in thumb.flags.all()})
        return [{"kind": kind, "label": Kind(kind).label, "count": count} for kind, count in kinds.most_common()]


def judgement_preview(*, thumbs: Collection[int], status: str) -> Judgement:
    """What judging these thumbs so would do now. Nothing is changed."""
    return _judgement(thumbs, status, flagged_too=False)


@transaction.atomic
def thumbs_judge(*, thumbs: Collection[int], status: str, by: User, flagged_too: bool = False) -> Judgement:
    """Approve or reject those that wait, or make decided ones wait again. What somebody else decided first stays.

    A thumb with a flag is approved only with `flagged_too`: it trains where a curator lets it, never by the way.
    """
    locked = Thumb.objects.select_for_update().filter(pk__in=thumbs).order_by("pk")
    list(locked.values_list("pk"))  # of two curators at once, the second reads what the first has made of them
    judgement = _judgement(thumbs, status, flagged_too)
    for thumb in judgement.moved:
        decided = status != Status.PENDING
        thumb.status = status
        thumb.reviewed_by, thumb.reviewed_at = (by, timezone.now()) if decided else (None, None)
    fields = ["status", "reviewed_by", "reviewed_at"]
    bulk_update_with_history(judgement.moved, Thumb, fields, batch_size=500, default_user=by)
    return judgement


def thumb_judge(*, thumb: int, status: str, by: User) -> Thumb:
    """Judge the one thumb that the curator has before them, flags and all.

    Raises ThumbDecided where somebody was faster, and ThumbTakenBack.
    """
    judgement = thumbs_judge(thumbs=[thumb], status=status, by=by, flagged_too=True)
    if judgement.moved:
        return judgement.moved[0]
    now = Thumb.objects.select_related("reviewed_by").filter(pk=thumb).first()
    raise errors.ThumbDecided(now) if now else errors.ThumbTakenBack


def _judgement(thumbs: Collection[int], status: str, flagged_too: bool) -> Judgement:
    among = Thumb.objects.filter(pk__in=thumbs).select_related("reply__turn").prefetch_related("flags").order_by("pk")
    reopens = status == Status.PENDING
    judged = list(among.exclude(status=status) if reopens else among.filter(status=Status.PENDING))
    holds = status == Status.APPROVED and not flagged_too
    return Judgement(
        moved=[thumb for thumb in judged if not (holds and thumb.flags.all())],
        held=[thumb for thumb in judged if holds and thumb.flags.all()],
        left=len(thumbs) - len(judged),
    )
