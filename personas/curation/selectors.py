"""What curation is asked: which pairs there are, and which of them may train."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from personas.curation.models import PairFlag, PreferencePair
from personas.curation.text_flags import Kind, Side
from personas.registry.models import AdapterVersion, ChampionMove, DatasetSnapshot, Persona
from personas.thumbs.selectors import CONSENTED as THUMBS_CONSENTED

_CONSENTED = Q(source=PreferencePair.Source.IMPORT) | Q(visitor__training_consent_at__isnull=False)


def pairs_trainable(*, persona: Persona) -> QuerySet[PreferencePair]:
    """Approved pairs whose visitor consents now, and approved imported ones, which have no visitor.

    None in which somebody is in danger, whoever approved it.
    """
    approved = PreferencePair.objects.filter(_CONSENTED, persona=persona, status=PreferencePair.Status.APPROVED)
    return approved.exclude(flags__kind=Kind.DANGER)


# These say something of two replies beside each other, or of other rows; any other flag is about what would be shown.
_FLAGS_NO_EXEMPLAR_MINDS = (Kind.LENGTH, Kind.DUPLICATE)


def pairs_as_exemplars(*, flagged_too: bool = False) -> QuerySet[PreferencePair]:
    """Pairs that may be exemplars, let in or not: approved, consented to now, and no flag forbids it."""
    pairs = PreferencePair.objects.filter(_CONSENTED, status=PreferencePair.Status.APPROVED)
    forbidding = PairFlag.objects.filter(pair=OuterRef("pk")).exclude(kind__in=_FLAGS_NO_EXEMPLAR_MINDS)
    return pairs if flagged_too else pairs.exclude(Exists(forbidding.exclude(side=Side.REJECTED)))


def removed_rows(snapshot: DatasetSnapshot | None) -> int:
    """How many of a snapshot's rows came from somebody who has withdrawn consent or left since, or whose conversation
    is deleted, or who took a thumb back, or hold a danger. Whoever learned from it should be retrained."""
    if snapshot is None:
        return 0
    kept = sum(
        rows.filter(consented).exclude(flags__kind=Kind.DANGER).distinct().count()
        for rows, consented in ((snapshot.pairs, _CONSENTED), (snapshot.thumbs, THUMBS_CONSENTED))
    )
    return max(snapshot.rows - kept, 0)


def clean_version_before(version: AdapterVersion) -> AdapterVersion | None:
    """The newest earlier version on the same base that once spoke and learned from no row that is withdrawn by now."""
    once = ChampionMove.objects.filter(persona=version.persona_id).values("version")
    earlier = AdapterVersion.objects.filter(
        persona=version.persona_id, number__lt=version.number, base_hash=version.base_hash, pk__in=once
    )
    for candidate in earlier.select_related("persona", "snapshot").order_by("-number"):
        if not removed_rows(candidate.snapshot):
            return candidate
    return None


def pairs_with_status(*, status: str, persona: Persona | None = None) -> QuerySet[PreferencePair]:
    """Pairs for the export, oldest first."""
    pairs = PreferencePair.objects.filter(status=status).select_related("persona").order_by("pk")
    return pairs.filter(persona=persona) if persona else pairs
