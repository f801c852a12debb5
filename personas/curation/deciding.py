"""What curators do with pairs. Every deed is a line of the log (`Decision`) with what was before and after."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from personas.chat.exemplar_ids import PAIR
from personas.curation import errors
from personas.curation.exemplar_deeds import pairs_to_let_in, pairs_to_take_out
from personas.curation.exemplar_withdrawal import exemplars_forget_on_commit
from personas.curation.flagging import pairs_flag
from personas.curation.leases import lease_release, lease_require, leased_to_others
from personas.curation.models import Decision, PairFlag, PreferencePair
from personas.curation.services import how_drawn
from personas.curation.text_flags import Kind

Status: Any = PreferencePair.Status  # Any: a type checker without Django's stubs takes its members for tuples
Deed: Any = Decision.Deed

OUTCOME = {Deed.APPROVE: Status.APPROVED, Deed.REJECT: Status.REJECTED}
EXEMPLAR_DEEDS = (Deed.LET_IN, Deed.TAKE_OUT)
UNDOABLE = (Deed.APPROVE, Deed.REJECT, Deed.SWAP, Deed.EDIT, Deed.SKIP, Deed.SETTLE, *EXEMPLAR_DEEDS)


def pairs_approve(*, pairs: Iterable[int], by: User) -> list[PreferencePair]:
    """Approve the waiting ones among these ids and return them; those that others have before them are left alone, and
    those in which somebody is in danger.

    Where a pair wants two opinions and this is the first, it goes on waiting.
    """
    return _pairs_judge(_without_danger(pairs), Deed.APPROVE, by)


def _without_danger(pairs: Iterable[int]) -> list[int]:
    pairs = list(pairs)
    dangerous = set(PairFlag.objects.filter(pair__in=pairs, kind=Kind.DANGER).values_list("pair", flat=True))
    return [pair for pair in pairs if pair not in dangerous]


def pairs_reject(*, pairs: Iterable[int], by: User) -> list[PreferencePair]:
    """Reject the waiting ones among these ids and return them, as `pairs_approve` does."""
    return _pairs_judge(pairs, Deed.REJECT, by)


@transaction.atomic
def pairs_reopen(*, pairs: Iterable[int], by: User) -> list[PreferencePair]:
    """Put decided and disputed pairs back into the queue and return them. Snapshots already made keep them."""
    moved = list(_locked(pairs).exclude(status=Status.PENDING))
    _move(moved, dict.fromkeys((pair.pk for pair in moved), Status.PENDING), Deed.REOPEN, by)
    return moved


@dataclass(frozen=True)
class Preview:
    """What a deed would do: the pairs it would touch, where they would end, their flags, and how many it would not."""

    pairs: list[PreferencePair]
    outcomes: list[dict[str, Any]]
    flags: list[dict[str, Any]]
    left: int


def deed_preview(*, pairs: list[int], deed: str, by: User) -> Preview:
    """What approving, rejecting, reopening, letting in or taking out these pairs would do now. Nothing is changed."""
    among = PreferencePair.objects.filter(pk__in=pairs).order_by("pk")
    if deed in EXEMPLAR_DEEDS:
        touched, outcomes = (pairs_to_let_in if deed == Deed.LET_IN else pairs_to_take_out)(among), {}
    elif deed == Deed.REOPEN:
        touched = list(among.exclude(status=Status.PENDING))
        outcomes = dict.fromkeys((pair.pk for pair in touched), Status.PENDING)
    else:
        bulk = among.filter(pk__in=_without_danger(pairs)) if deed == Deed.APPROVE else among
        outcomes = _outcomes(bulk, deed, by)
        touched = [pair for pair in among if pair.pk in outcomes]
    flags = PairFlag.objects.filter(pair__in=touched).values("kind").annotate(count=Count("pair", distinct=True))
    return Preview(
        pairs=touched,
        outcomes=[{"label": Status(to).label, "count": count} for to, count in Counter(outcomes.values()).items()],
        flags=[{**flag, "label": Kind(flag["kind"]).label} for flag in flags.order_by("-count")],
        left=len(pairs) - len(touched),
    )


@transaction.atomic
def _pairs_judge(pairs: Iterable[int], deed: str, by: User) -> list[PreferencePair]:
    among = list(_locked(pairs))
    outcomes = _outcomes(PreferencePair.objects.filter(pk__in=[pair.pk for pair in among]), deed, by)
    judged = [pair for pair in among if pair.pk in outcomes]
    _move(judged, outcomes, deed, by)
    lease_release(pairs=[pair.pk for pair in judged], curator=by)
    return judged


def _outcomes(among: Any, deed: str, by: User) -> dict[int, str]:
    """Where the deed would bring the pairs that wait for this curator and that nobody else has before them."""
    waiting = among.filter(status=Status.PENDING).exclude(pk__in=leased_to_others(by).values("pair"))
    opinions = _opinions(waiting)
    return {
        pair.pk: _outcome(pair, [*opinions.get(pair.pk, {}).values(), deed])
        for pair in waiting
        if by.pk not in opinions.get(pair.pk, {})
    }


def _opinions(pairs: Iterable[PreferencePair]) -> dict[int, dict[int, str]]:
    """Who has said what about these pairs: {pair: {curator: deed}}."""
    opinions: dict[int, dict[int, str]] = {}
    verdicts = Decision.objects.standing_verdicts().filter(pair__in=pairs)
    for pair, curator, deed in verdicts.values_list("pair", "by", "deed"):
        opinions.setdefault(pair, {})[curator] = deed
    return opinions


def _outcome(pair: PreferencePair, opinions: list[str]) -> str:
    if len(opinions) < pair.opinions_wanted:
        return Status.PENDING
    return OUTCOME[opinions[0]] if len(set(opinions)) == 1 else Status.DISPUTED


def _locked(pairs: Iterable[int]) -> Any:
    return PreferencePair.objects.select_for_update().filter(pk__in=list(pairs)).order_by("pk")


def _move(pairs: list[PreferencePair], outcomes: dict[int, str], deed: str, by: User) -> None:
    lines = []
    for pair in pairs:
        before = _standing(pair)
        _status_set(pair, outcomes[pair.pk], by)
        after = _standing(pair)
        changed = [name for name in before if before[name] != after[name]]
        lines.append(_line(pair, deed, by, *({name: side[name] for name in changed} for side in (before, after))))
    fields = ["status", "is_exemplar", "reviewed_by", "reviewed_at"]
    bulk_update_with_history(pairs, PreferencePair, fields, batch_size=500, default_user=by)
    Decision.objects.bulk_create(lines, batch_size=500)
    taken_back = [line.pair_id for line in lines if line.before.get("is_exemplar")]
    exemplars_forget_on_commit(sources=[f"{PAIR}-{pair}" for pair in taken_back])


def _standing(pair: PreferencePair) -> dict[str, Any]:
    return {"status": pair.status, "is_exemplar": pair.is_exemplar}


def _status_set(pair: PreferencePair, status: str, by: User) -> None:
    decided = status in OUTCOME.values()
    pair.status = status
    pair.is_exemplar = pair.is_exemplar and status == Status.APPROVED  # approved again, it is let in anew or not at all
    pair.reviewed_by = by if decided else None
    pair.reviewed_at = timezone.now() if decided else None


def _line(pair: PreferencePair, deed: str, by: User, before: dict, after: dict) -> Decision:
    return Decision(pair=pair, by=by, deed=deed, before=before, after=after)


@transaction.atomic
def pair_judge(*, pair: int, deed: str, by: User) -> PreferencePair:
    """Approve or reject the one pair that the curator has before them.

    Raises PairTaken, and AlreadyDecided where it no longer waits for this curator.
    """
    lease_require(pair=pair, curator=by)
    judged = _pairs_judge([pair], deed, by)
    if not judged:
        raise errors.AlreadyDecided
    return judged[0]


@transaction.atomic
def pair_edit(*, pair: PreferencePair, chosen: str, rejected: str, by: User) -> PreferencePair:
    """Reword the two replies. The log and the history keep the earlier wording.

    Raises PairTaken, and ValidationError where one text is empty or both are equal.
    """
    pair_texts_check(chosen, rejected)
    return _reword(pair.pk, Deed.EDIT, by, chosen=chosen.strip(), rejected=rejected.strip())


@transaction.atomic
def pair_swap(*, pair: int, by: User) -> PreferencePair:
    """Let the rejected reply be the chosen one: the voter slipped. Raises PairTaken and AlreadyDecided."""
    current = PreferencePair.objects.get(pk=pair)
    if current.status != Status.PENDING:
        raise errors.AlreadyDecided
    return _reword(pair, Deed.SWAP, by, **_turned(current))


def _turned(pair: PreferencePair) -> dict[str, Any]:
    return {
        "chosen": pair.rejected,
        "rejected": pair.chosen,
        "chosen_version": pair.rejected_version,
        "rejected_version": pair.chosen_version,
        "exemplars": _exemplars_of_rejected(pair),
        "sampling": {"chosen": pair.sampling.get("rejected"), "rejected": pair.sampling.get("chosen")}
        if pair.sampling
        else {},
    }


def _exemplars_of_rejected(pair: PreferencePair) -> list[dict[str, str]]:
    """What the reply that was not chosen read; an imported pair knows but one list, for both."""
    if pair.vote is None:
        return pair.exemplars
    replies = (pair.vote.comparison.reply_a, pair.vote.comparison.reply_b)
    return next((reply.exemplars for reply in replies if how_drawn(reply) == pair.sampling.get("rejected")), [])


def _reword(pk: int, deed: str, by: User, **fields: Any) -> PreferencePair:
    lease_require(pair=pk, curator=by)
    pair = _locked([pk]).get()
    before = {"chosen": pair.chosen, "rejected": pair.rejected}
    after = {name: fields[name] for name in before}
    if before == after:
        return pair
    for name, value in fields.items():
        setattr(pair, name, value)
    pair._history_user = by
    pair.save(update_fields=list(fields))
    _line(pair, deed, by, before, after).save()
    pairs_flag(pairs=[pair])
    return pair


def pair_texts_check(chosen: str, rejected: str) -> None:
    """Raises ValidationError unless these two texts can teach a difference."""
    if not chosen.strip() or not rejected.strip():
        raise ValidationError(_("두 답 모두 비워 둘 수 없습니다."))
    if chosen.strip() == rejected.strip():
        raise ValidationError(_("두 답이 같으면 배울 것이 없습니다."))


@transaction.atomic
def pair_skip(*, pair: int, by: User) -> None:
    """Leave the pair for later: this curator is offered all others first. Raises PairTaken."""
    lease_require(pair=pair, curator=by)
    _line(PreferencePair.objects.get(pk=pair), Deed.SKIP, by, {}, {}).save()
    lease_release(pairs=[pair], curator=by)


@transaction.atomic
def pair_settle(*, pair: int, deed: str, by: User) -> PreferencePair:
    """Approve or reject for good a pair on which two curators disagree. Raises NotDisputed and OwnDispute."""
    disputed = _locked([pair]).filter(status=Status.DISPUTED).first()
    if disputed is None:
        raise errors.NotDisputed
    if by.pk in _opinions([disputed])[disputed.pk]:
        raise errors.OwnDispute
    _move([disputed], {disputed.pk: OUTCOME[deed]}, Deed.SETTLE, by)
    return disputed


@transaction.atomic
def decision_undo(*, by: User) -> Decision:
    """Take back the last thing this curator did, and give the pair back to them; the new line of the log comes back.
    A pair that they let in or took out keeps its verdict, and they the pair that they have before them.

    Raises NothingToUndo; UndoTooLate where somebody else went on from it; PairTaken.
    """
    last = Decision.objects.filter(by=by, deed__in=UNDOABLE, undone_by=None).first()
    if last is None:
        raise errors.NothingToUndo
    pair = _locked([last.pair_id]).get()
    if pair.decisions.filter(pk__gt=last.pk, undone_by=None).exclude(deed__in=[Deed.SKIP, Deed.UNDO]).exists():
        raise errors.UndoTooLate
    if last.deed not in EXEMPLAR_DEEDS:
        lease_require(pair=pair.pk, curator=by)
    undo = Decision.objects.create(pair=pair, by=by, deed=Deed.UNDO, before=last.after, after=last.before, undoes=last)
    _restore(pair, last, by)
    return undo


def _restore(pair: PreferencePair, last: Decision, by: User) -> None:
    was_exemplar = pair.is_exemplar
    if "status" in last.before:
        _status_set(pair, last.before["status"], by)
    elif last.deed == Deed.SWAP:
        for name, value in _turned(pair).items():
            setattr(pair, name, value)
    elif "chosen" in last.before:
        pair.chosen, pair.rejected = last.before["chosen"], last.before["rejected"]
    pair.is_exemplar = last.before.get("is_exemplar", pair.is_exemplar)
    if last.before:
        pair._history_user = by
        pair.save()
        pairs_flag(pairs=[pair])
    if was_exemplar and not pair.is_exemplar:
        exemplars_forget_on_commit(sources=[f"{PAIR}-{pair.pk}"])
