"""The queue of one curator: which pair comes next, and how far along the desk is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from config.days import today_began
from personas.curation.leases import lease_take, leased_to_others
from personas.curation.models import Decision, PreferencePair
from personas.registry.models import Persona

PACE_TIME = timedelta(minutes=10)
FEWEST_FOR_A_PACE = 5
# As many others may snatch a pair in the moment between looking and leasing before the queue calls itself empty.
MOST_TRIES = 20


def queue_pairs(*, curator: User, persona: Persona | None = None) -> Any:
    """What waits for this curator, in order: what they skipped comes last. Nobody judges a pair twice."""
    own = Decision.objects.filter(pair=OuterRef("pk"), by=curator)
    skips = Q(decisions__by=curator, decisions__deed=Decision.Deed.SKIP, decisions__undone_by=None)
    waiting = PreferencePair.objects.filter(status=PreferencePair.Status.PENDING)
    if persona is not None:
        waiting = waiting.filter(persona=persona)
    waiting = waiting.exclude(pk__in=leased_to_others(curator).values("pair")).exclude(Exists(own.standing_verdicts()))
    return waiting.annotate(skips=Count("decisions", filter=skips)).order_by("skips", "created_at", "pk")


def queue_next(*, curator: User, persona: Persona | None = None) -> PreferencePair | None:
    """The pair this curator has before them, else the next one, which is theirs from now on; None when all is done."""
    waiting = queue_pairs(curator=curator, persona=persona)
    held = waiting.filter(lease__curator=curator, lease__until__gt=timezone.now())
    for pk in [*held.values_list("pk", flat=True)[:1], *waiting.values_list("pk", flat=True)[:MOST_TRIES]]:
        if lease_take(pair=pk, curator=curator):
            return pair_to_show(pk=pk)
    return None


def pair_to_show(*, pk: int) -> PreferencePair:
    """A pair with all that its card shows."""
    shown = PreferencePair.objects.select_related(
        "persona", "vote", "visitor", "chosen_version__persona", "rejected_version__persona"
    ).prefetch_related("flags__twin")
    return shown.get(pk=pk)


@dataclass(frozen=True)
class Progress:
    """How far along the desk is. `pace` is this curator's verdicts in ten minutes; None before there is one."""

    left: int
    today: int
    pace: int | None

    @property
    def minutes_left(self) -> int | None:
        """How long the rest takes at this pace."""
        return -(-self.left * 10 // self.pace) if self.pace else None

    @property
    def percent(self) -> int:
        """The share of today's work that is done."""
        return round(100 * self.today / max(self.today + self.left, 1))


def progress_of(*, curator: User, persona: Persona | None = None) -> Progress:
    """What is left for this curator, and how quickly they go."""
    now = timezone.now()
    verdicts = Decision.objects.filter(by=curator).standing_verdicts()
    recent = list(verdicts.filter(created_at__gt=now - PACE_TIME).order_by("created_at").values_list("created_at"))
    pace = None
    if len(recent) >= FEWEST_FOR_A_PACE:
        [began], [ended] = recent[0], recent[-1]
        pace = round((len(recent) - 1) / max((ended - began).total_seconds(), 1) * PACE_TIME.total_seconds())
    return Progress(
        left=queue_pairs(curator=curator, persona=persona).count(),
        today=verdicts.filter(created_at__gte=today_began()).count(),
        pace=pace,
    )


def persona_after(persona: Persona | None, *, curator: User) -> Persona | None:
    """The next persona whose pairs wait for this curator, going round; None stands for all of them."""
    waiting = set(queue_pairs(curator=curator).order_by().values_list("persona", flat=True))
    row = [None, *Persona.objects.filter(pk__in=waiting)]
    return row[(row.index(persona) + 1) % len(row)] if persona in row else None
