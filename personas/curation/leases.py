"""Who has which pair before them. A lease is taken by a conditional write: two curators never see one pair at once."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from personas.curation import errors
from personas.curation.models import Lease

# Long enough to reword two replies, short enough that a closed laptop doesn't keep its pair for long.
LEASE_TIME = timedelta(minutes=5)


def leased_to_others(curator: User) -> Any:
    """Leases that keep this curator from a pair now."""
    return Lease.objects.filter(until__gt=timezone.now()).exclude(curator=curator)


@transaction.atomic
def lease_take(*, pair: int, curator: User) -> bool:
    """Put the pair before this curator, in the place of what they had; False where another has it."""
    now = timezone.now()
    Lease.objects.filter(curator=curator).exclude(pair=pair).delete()
    mine_or_over = Lease.objects.filter(Q(curator=curator) | Q(until__lte=now), pair=pair)
    if mine_or_over.update(curator=curator, until=now + LEASE_TIME):
        return True
    try:
        with transaction.atomic():
            Lease.objects.create(pair_id=pair, curator=curator, until=now + LEASE_TIME)
    except IntegrityError:
        return False  # another curator, or another window of this one, was first
    return True


def lease_require(*, pair: int, curator: User) -> None:
    """Make sure that nobody else has the pair before them; one that ran out is taken again. Raises PairTaken."""
    if not lease_take(pair=pair, curator=curator):
        raise errors.PairTaken


def lease_release(*, pairs: Iterable[int], curator: User) -> None:
    """Give pairs free that this curator is done with."""
    Lease.objects.filter(curator=curator, pair__in=list(pairs)).delete()
