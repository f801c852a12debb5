"""Letting approved pairs in among the exemplars, and taking them out. Every deed is a line of the log."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from simple_history.utils import bulk_update_with_history

from personas.chat.exemplar_ids import PAIR
from personas.curation.errors import NotAnExemplar
from personas.curation.exemplar_withdrawal import exemplars_forget_on_commit
from personas.curation.exemplars import pair_fits
from personas.curation.models import Decision, PreferencePair
from personas.curation.selectors import pairs_as_exemplars

Deed: Any = Decision.Deed  # Any: a type checker without Django's stubs takes its members for tuples


@transaction.atomic
def pairs_let_in(*, pairs: Iterable[int], by: User) -> list[PreferencePair]:
    """Let those among these ids in that may be exemplars and aren't yet, and return them."""
    return _note(pairs_to_let_in(_locked(pairs)), Deed.LET_IN, by)


@transaction.atomic
def pairs_take_out(*, pairs: Iterable[int], by: User) -> list[PreferencePair]:
    """Take those among these ids out that are exemplars, and return them. Whatever read them loses their texts."""
    taken = _note(pairs_to_take_out(_locked(pairs)), Deed.TAKE_OUT, by)
    exemplars_forget_on_commit(sources=[f"{PAIR}-{pair.pk}" for pair in taken])
    return taken


def pair_note(*, pair: int, deed: str, by: User) -> PreferencePair:
    """Let one pair in, or take it out. Raises NotAnExemplar."""
    noted = (pairs_let_in if deed == Deed.LET_IN else pairs_take_out)(pairs=[pair], by=by)
    if not noted:
        raise NotAnExemplar
    return noted[0]


def pairs_to_let_in(among: Any) -> list[PreferencePair]:
    """Approved, consented to, without a flag that forbids it, without danger, and not let in yet."""
    fit = among.filter(is_exemplar=False, pk__in=pairs_as_exemplars().values("pk")).order_by("pk")
    return [pair for pair in fit if pair_fits(pair)]


def pairs_to_take_out(among: Any) -> list[PreferencePair]:
    """Those that are exemplars now."""
    return list(among.filter(is_exemplar=True).order_by("pk"))


def pair_offered(*, curator: User) -> PreferencePair | None:
    """The pair that this curator has just approved, let in or taken out, where that key makes sense now."""
    last = Decision.objects.filter(by=curator, undone_by=None).exclude(deed=Deed.UNDO).select_related("pair").first()
    if last is None or last.deed not in (Deed.APPROVE, Deed.LET_IN, Deed.TAKE_OUT):
        return None
    alone = PreferencePair.objects.filter(pk=last.pair_id)
    return next(iter([*pairs_to_take_out(alone), *pairs_to_let_in(alone)]), None)


def _locked(pairs: Iterable[int]) -> Any:
    return PreferencePair.objects.select_for_update().filter(pk__in=list(pairs))


def _note(pairs: list[PreferencePair], deed: str, by: User) -> list[PreferencePair]:
    lets_in = deed == Deed.LET_IN
    for pair in pairs:
        pair.is_exemplar = lets_in
    bulk_update_with_history(pairs, PreferencePair, ["is_exemplar"], batch_size=500, default_user=by)
    before, after = {"is_exemplar": not lets_in}, {"is_exemplar": lets_in}
    Decision.objects.bulk_create(Decision(pair=pair, by=by, deed=deed, before=before, after=after) for pair in pairs)
    return pairs
